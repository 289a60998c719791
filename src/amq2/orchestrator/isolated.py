"""Una casa de Airflow propia y temporal, para este proceso: `HOME`.

Se importa antes que `airflow`: al arrancar, Airflow mira dónde está su casa. La carpeta se borra
cuando el proceso termina.
"""

import atexit
import importlib
import logging
import os
import shutil
import sys
import tempfile
from pathlib import Path

from amq2.orchestrator.home import AirflowError, environment, prepare, without_airflow_settings


def isolate() -> Path:
    """Le da a Airflow una casa temporal en este proceso y devuelve su carpeta.

    Raises:
        AirflowError: si Airflow ya se importó, o si no se puede crear su base de datos.
    """
    if "airflow.configuration" in sys.modules:
        raise AirflowError(
            "Airflow ya estaba importado: reiniciá el kernel e importá antes amq2.orchestrator."
        )
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
    _import_airflow()
    return home


def _import_airflow() -> None:
    """Airflow, al importarse, se queda con los registros de todo el proceso: se los devuelve."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    importlib.import_module("airflow")
    root.setLevel(level)
    root.handlers[:] = handlers
    logging.getLogger("airflow").setLevel(logging.CRITICAL)


def _remove(home: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(home, ignore_errors=True)


HOME = isolate()
"""La casa de Airflow en este proceso."""
