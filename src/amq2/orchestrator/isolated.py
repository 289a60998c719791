"""Una casa de Airflow propia y temporal, para este proceso: `HOME`.

Se importa antes que `airflow`: al arrancar, Airflow mira dónde está su casa. La carpeta se borra
cuando el proceso termina.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from amq2.orchestrator.home import environment, prepare, without_airflow_settings


def isolate() -> Path:
    """Le da a Airflow una casa temporal en este proceso y devuelve su carpeta.

    Raises:
        AirflowError: si no se puede crear su base de datos.
    """
    home = Path(tempfile.mkdtemp(prefix="amq2-airflow-"))
    # Un proceso hijo hereda esta función: la casa sólo la borra quien la creó.
    atexit.register(_remove, home, os.getpid())
    dags = home / "dags"
    dags.mkdir()
    kept = without_airflow_settings(os.environ)
    for name in set(os.environ) - set(kept):
        del os.environ[name]
    os.environ.update(environment(prepare(home), dags))
    os.environ["AIRFLOW__LOGGING__LOGGING_LEVEL"] = "CRITICAL"
    del os.environ["AIRFLOW__LOGGING__NAMESPACE_LEVELS"]
    return home


def _remove(home: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(home, ignore_errors=True)


HOME = isolate()
"""La casa de Airflow en este proceso."""
