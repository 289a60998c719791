"""Un timetable: a Airflow le dice cuándo toca cada corrida y qué intervalo de datos le corresponde.

Una expresión cron sabe «de lunes a viernes», pero no de feriados. Éste corre cada día hábil:

    @dag(schedule=ArgentineBusinessDays(at=time(6)), start_date=…)

El intervalo de una corrida va de la hora de la corrida anterior a la suya. La de un lunes a las 6,
entonces, recibe lo que pasó desde el viernes a las 6: los fines de semana y los feriados no se
pierden ni se cuentan dos veces.
"""

from datetime import date, datetime, time
from typing import Any

import pendulum
from airflow.timetables.base import DagRunInfo, DataInterval, TimeRestriction, Timetable
from pendulum import DateTime

from amq2.airflow_plugin.business_days import (
    as_day,
    is_business_day,
    next_business_day,
    previous_business_day,
)
from amq2.settings import TIME_ZONE


class ArgentineBusinessDays(Timetable):
    """Una corrida por día hábil de la Argentina, a una hora de Buenos Aires.

    Args:
        at: la hora de Buenos Aires, sin zona horaria; si no se da, la medianoche.

    Raises:
        ValueError: si `at` trae una zona horaria.
    """

    def __init__(self, at: time = time(0)) -> None:
        if at.tzinfo is not None:
            raise ValueError(
                f"at es hora de Buenos Aires: escribila sin zona, time({at:%-H, %-M})."
            )
        self.at = at
        self.description = f"Cada día hábil de la Argentina, a las {at:%H:%M} de Buenos Aires"

    @property
    def summary(self) -> str:
        """Lo que la pantalla muestra junto al nombre del DAG."""
        return f"días hábiles, {self.at:%H:%M}"

    # Airflow guarda cada DAG en su base: el timetable va como un diccionario y vuelve de él.

    def serialize(self) -> dict[str, Any]:
        """Lo que hace falta para armar otro igual, en JSON."""
        return {"at": self.at.isoformat()}

    @classmethod
    def deserialize(cls, data: dict[str, Any]) -> "ArgentineBusinessDays":
        """El timetable que escribió `serialize`."""
        return cls(at=time.fromisoformat(data["at"]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ArgentineBusinessDays) and self.at == other.at

    def __hash__(self) -> int:
        return hash(self.at)

    # Lo que pregunta el scheduler.

    def next_dagrun_info(
        self, *, last_automated_data_interval: DataInterval | None, restriction: TimeRestriction
    ) -> DagRunInfo | None:
        """La corrida que sigue, o None si no hay.

        Empieza donde terminó la anterior: si en el medio cambió la hora o se decretó un feriado,
        los intervalos siguen pegados.

        Args:
            last_automated_data_interval: el de la última corrida programada; None si es la primera.
            restriction: `start_date` y `end_date` del DAG, entre los que cae la fecha lógica, y si
                hay que ponerse al día con lo atrasado (`catchup`).
        """
        candidates = []
        if last_automated_data_interval is not None:
            candidates.append(last_automated_data_interval.end)
        if restriction.earliest is not None:
            candidates.append(self._at_or_after(restriction.earliest))
        if not restriction.catchup:
            # Sin ponerse al día: lo más viejo que se corre es el último intervalo ya completo.
            candidates.append(self._before(self._at_or_before(pendulum.now("UTC"))))
        if not candidates:
            return None
        start = max(candidates)
        if restriction.latest is not None and start > restriction.latest:
            return None
        return DagRunInfo.interval(start=start, end=self._after(start))

    def infer_manual_data_interval(self, *, run_after: DateTime) -> DataInterval:
        """El intervalo de una corrida a mano: el último que ya estaba completo."""
        end = self._at_or_before(run_after)
        return DataInterval(start=self._before(end), end=end)

    # La sucesión de momentos en los que se corre, y cómo moverse por ella.

    def _mark(self, day: date) -> DateTime:
        moment = datetime.combine(day, self.at, TIME_ZONE)
        return pendulum.instance(moment).in_timezone("UTC")

    def _after(self, moment: DateTime) -> DateTime:
        day = as_day(moment)
        today = self._mark(day)
        if is_business_day(day) and today > moment:
            return today
        return self._mark(next_business_day(day))

    def _before(self, moment: DateTime) -> DateTime:
        day = as_day(moment)
        today = self._mark(day)
        if is_business_day(day) and today < moment:
            return today
        return self._mark(previous_business_day(day))

    def _at_or_after(self, moment: DateTime) -> DateTime:
        return self._after(moment.subtract(microseconds=1))

    def _at_or_before(self, moment: DateTime) -> DateTime:
        return self._before(moment.add(microseconds=1))
