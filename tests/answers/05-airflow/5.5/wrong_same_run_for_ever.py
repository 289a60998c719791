# pierde: 3
# mensaje: Los cierres de 2026, sin feriados
from airflow.timetables.base import DagRunInfo, Timetable


class MonthlyClose(Timetable):
    def __init__(self, holidays=()):
        self.holidays = set(holidays)

    def serialize(self):
        return {"holidays": [day.isoformat() for day in sorted(self.holidays)]}

    @classmethod
    def deserialize(cls, data):
        return cls(date.fromisoformat(day) for day in data["holidays"])

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        def close_of(month):
            day = pendulum.instance(month).in_timezone(TIME_ZONE).end_of("month")
            while day.weekday() >= 5 or date(day.year, day.month, day.day) in self.holidays:
                day = day.subtract(days=1)
            return day.at(6)

        def month_after(month):
            return pendulum.instance(month).in_timezone(TIME_ZONE).start_of("month").add(months=1)

        if restriction.earliest is None:
            return None
        else:
            end = close_of(restriction.earliest)
        first = restriction.earliest or end
        if not restriction.catchup:
            first = max(first, pendulum.now(TIME_ZONE))
        while end < first:
            end = close_of(month_after(end))
        if restriction.latest is not None and end > restriction.latest:
            return None
        return DagRunInfo.interval(close_of(end.start_of("month").subtract(months=1)), end)
