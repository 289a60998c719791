"""Los DAGs del curso, leídos para las pruebas que los ejecutan en su proceso."""

from pathlib import Path

# Antes que Airflow: así otro archivo de pruebas puede importar skops, que con Airflow avisa.
import amq2.model  # noqa: F401
from amq2.orchestrator.course_dags import course_dag
from amq2.orchestrator.home import COURSE_DAGS
from amq2.orchestrator.inline import BUNDLE, run_dag
from amq2.orchestrator.isolated import HOME

# isort: split
# Airflow, después de inline, que le prepara su casa.
from airflow.dag_processing.dagbag import DagBag
from airflow.models.asset import AssetEvent
from airflow.sdk import BaseHook
from airflow.serialization.serialized_objects import DagSerialization
from airflow.utils.session import create_session

__all__ = [
    "COURSE_DAGS",
    "HOME",
    "AssetEvent",
    "BaseHook",
    "DagSerialization",
    "course_dag",
    "create_session",
    "read",
    "run_dag",
]


def read(folder: Path = COURSE_DAGS) -> DagBag:
    """Lo que Airflow encuentra en una carpeta."""
    return DagBag(folder, bundle_path=folder, bundle_name=BUNDLE)
