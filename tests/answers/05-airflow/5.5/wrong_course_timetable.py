# pierde: 3
# mensaje: Los cierres de 2026, sin feriados
from datetime import time

from amq2.airflow_plugin.timetable import ArgentineBusinessDays


class MonthlyClose(ArgentineBusinessDays):
    def __init__(self, holidays=()):
        super().__init__(time(6))

    @classmethod
    def deserialize(cls, data):
        return cls()
