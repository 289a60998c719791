"""Los DAGs del curso, leídos una vez, para las pruebas que los ejecutan en su proceso."""

import functools
from pathlib import Path

# skops mira todo lo que ya se importó, y los nombres viejos de Airflow avisan: va antes.
import amq2.model  # noqa: F401
from amq2.orchestrator.home import COURSE_DAGS
from amq2.orchestrator.inline import BUNDLE, HOME, run_dag

# isort: split
# Y Airflow, después de inline, que le prepara su casa.
from airflow.dag_processing.dagbag import DagBag
from airflow.models.asset import AssetEvent
from airflow.sdk import DAG, BaseHook
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.session import create_session

__all__ = [
    "COURSE_DAGS",
    "HOME",
    "AssetEvent",
    "BaseHook",
    "DagSerialization",
    "create_session",
    "dags",
    "read",
    "run_dag",
]


def read(folder: Path = COURSE_DAGS) -> DagBag:
    """Lo que Airflow encuentra en una carpeta."""
    return DagBag(folder, bundle_path=folder, bundle_name=BUNDLE)


@functools.cache
def dags() -> dict[str, DAG]:
    """Los DAGs del curso, por su nombre."""
    return dict(read().dags)
