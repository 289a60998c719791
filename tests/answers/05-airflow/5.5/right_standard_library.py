import calendar
import sys
from datetime import datetime

from airflow.timetables.base import DagRunInfo, DataInterval, Timetable


class MonthlyClose(Timetable):
    def __init__(self, holidays=()):
        self.closed = frozenset(day.toordinal() for day in holidays)

    def serialize(self):
        return {"closed": sorted(self.closed)}

    @classmethod
    def deserialize(cls, data):
        return cls(date.fromordinal(number) for number in data["closed"])

    def close(self, months):
        year, month = divmod(months, 12)
        last = date(year, month + 1, calendar.monthrange(year, month + 1)[1]).toordinal()
        while date.fromordinal(last).isoweekday() > 5 or last in self.closed:
            last -= 1
        day = date.fromordinal(last)
        moment = datetime(day.year, day.month, day.day, 6, tzinfo=TIME_ZONE)
        return pendulum.instance(moment)

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        print("me preguntan", file=sys.stderr)
        if restriction.earliest is None:
            return None
        since = restriction.earliest
        if not restriction.catchup:
            since = max(since, pendulum.now("UTC"))
        if last_automated_data_interval:
            since = max(since, last_automated_data_interval.end + timedelta(microseconds=1))
        local = since.astimezone(TIME_ZONE)
        months = 12 * local.year + local.month - 1
        if self.close(months) < since:
            months += 1
        start, end = self.close(months - 1), self.close(months)
        if restriction.latest and end > restriction.latest:
            return None
        return DagRunInfo(run_after=end, data_interval=DataInterval(start, end))
