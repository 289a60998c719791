"""Los DAGs de la carpeta dags/, para ejecutarlos o dibujarlos en un notebook."""

import functools

from amq2.orchestrator.home import COURSE_DAGS, AirflowError
from amq2.orchestrator.inline import BUNDLE

# isort: split
# Después de `inline`, que le da a Airflow su casa.
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG


def course_dag(dag_id: str) -> DAG:
    """Un DAG de los que trae el curso.

    Raises:
        AirflowError: si no está; dice cuáles hay.
    """
    found = _course_dags().get(dag_id)
    if found is None:
        raise AirflowError(f"No hay un DAG «{dag_id}»: están {', '.join(sorted(_course_dags()))}.")
    return found


@functools.cache
def _course_dags() -> dict[str, DAG]:
    return dict(DagBag(COURSE_DAGS, bundle_path=COURSE_DAGS, bundle_name=BUNDLE).dags)
