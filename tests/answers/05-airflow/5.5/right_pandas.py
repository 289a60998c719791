import pandas as pd
from airflow.timetables.base import DagRunInfo, Timetable


def closes_around(moment, holidays):
    """Los cierres desde un año antes de un momento hasta dos después, en orden."""
    start = pd.Timestamp(moment).tz_convert("America/Argentina/Buenos_Aires").tz_localize(None)
    days = pd.bdate_range(
        start - pd.DateOffset(years=1),
        (start + pd.DateOffset(years=2)) + pd.offsets.MonthEnd(0),
        freq="C",
        holidays=[pd.Timestamp(day) for day in holidays],
        normalize=True,
    )
    last = pd.Series(days, index=days.to_period("M")).groupby(level=0).max()
    return [pendulum.datetime(day.year, day.month, day.day, 6, tz=TIME_ZONE) for day in last]


class MonthlyClose(Timetable):
    def __init__(self, holidays=()):
        self.holidays = sorted(holidays)

    def serialize(self):
        return {"days": [[day.year, day.month, day.day] for day in self.holidays]}

    @classmethod
    def deserialize(cls, data):
        return cls([date(*day) for day in data["days"]])

    def next_dagrun_info(self, *, last_automated_data_interval, restriction):
        if restriction.earliest is None:
            return None
        floor = restriction.earliest
        if not restriction.catchup and floor < pendulum.now():
            floor = pendulum.now()
        last = last_automated_data_interval.end if last_automated_data_interval else None
        closes = closes_around(max(floor, last) if last else floor, self.holidays)
        for before, close in zip(closes, closes[1:]):
            if close >= floor and (last is None or close > last):
                break
        if restriction.latest is not None and close > restriction.latest:
            return None
        return DagRunInfo.interval(before, close)
