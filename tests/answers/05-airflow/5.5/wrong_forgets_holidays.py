# pierde: 2
# mensaje: Lo que guarda serialize es JSON, y deserialize da las mismas fechas.
from airflow.timetables.base import DagRunInfo, Timetable


class MonthlyClose(Timetable):
    def __init__(self, holidays=()):
        self.holidays = set(holidays)

    def serialize(self):
        return {}

    @classmethod
    def deserialize(cls, data):
        return cls()

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        def close_of(month):
            day = pendulum.instance(month).in_timezone(TIME_ZONE).end_of("month")
            while day.weekday() >= 5 or date(day.year, day.month, day.day) in self.holidays:
                day = day.subtract(days=1)
            return day.at(6)

        def month_after(month):
            return pendulum.instance(month).in_timezone(TIME_ZONE).start_of("month").add(months=1)

        if last_automated_data_interval is not None:
            end = close_of(month_after(last_automated_data_interval.end))
        elif restriction.earliest is None:
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
