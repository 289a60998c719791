# pierde: 3
# mensaje: Los cierres de 2026, sin feriados
from airflow.timetables.interval import CronDataIntervalTimetable


class MonthlyClose(CronDataIntervalTimetable):
    def __init__(self, holidays=()):
        super().__init__("0 6 L * *", timezone=str(TIME_ZONE))

    def serialize(self):
        return {}

    @classmethod
    def deserialize(cls, data):
        return cls()
