"""Airflow entero, de verdad, al lado de la notebook: `with running_airflow(dags) as airflow`.

Cada parte de Airflow es un proceso aparte. De lanzarlas y de que no quede ninguna se ocupa
`amq2.orchestrator.supervisor`; cómo se lo enciende está en `amq2.orchestrator.launching`.
"""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from amq2.orchestrator.client import Airflow
from amq2.orchestrator.home import COURSE_DAGS, address, prepare
from amq2.orchestrator.launching import open_log, reserved, settings_of, supervised, wait_until
from amq2.orchestrator.parts import COMPONENTS


@contextlib.contextmanager
def running_airflow(
    dags: Path = COURSE_DAGS,
    *,
    port: int | None = None,
    home: Path | None = None,
    start_timeout: float = 90.0,
    env: Mapping[str, str] | None = None,
) -> Iterator[Airflow]:
    """Enciende Airflow, espera a que esté listo y lo apaga al salir del bloque `with`.

    Args:
        dags: la carpeta con los DAGs.
        port: el puerto de la pantalla y de la API REST; si no se da, uno libre.
        home: la casa de Airflow, que se conserva; si no se da, una temporal.
        start_timeout: segundos que se le dan para estar listo.
        env: variables de entorno que se agregan, como conexiones (`AIRFLOW_CONN_…`).

    Raises:
        AirflowError: si el puerto o la casa ya se usan, o si no arranca; trae el final del
            registro.
    """
    is_temporary = home is None
    place = (home or Path(tempfile.mkdtemp(prefix="amq2-airflow-"))).absolute()
    try:
        prepare(place)
        with reserved(port) as number, open_log(place) as log:
            settings = {**settings_of(place, dags.absolute(), number), **(env or {})}
            with supervised(place, COMPONENTS, settings, log, is_temporary) as supervisor:
                airflow = Airflow(address(number), place)
                wait_until(airflow.is_ready, "Airflow", supervisor, log, start_timeout)
                yield airflow
    finally:
        if is_temporary:
            shutil.rmtree(place, ignore_errors=True)
