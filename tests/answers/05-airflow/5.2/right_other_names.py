import logging

import pandas as pd
from airflow.sdk import DAG, task

log = logging.getLogger(__name__)
log.addHandler(logging.StreamHandler())


def consumption_dag(names, read):
    with DAG("consumo_electrico", schedule="@daily", catchup=False) as built_dag:

        @task(retries=0)
        def list_neighbourhoods():
            return sorted(names())

        @task(task_id="transform")
        def total_of(neighbourhood):
            log.warning("leo %s", neighbourhood)
            series = pd.Series(read(neighbourhood), dtype=float).dropna()
            return {neighbourhood: float(series[series >= 0].sum())}

        @task(task_id="summary")
        def join(parts):
            together = {}
            for part in parts:
                together |= part
            series = pd.Series(together).sort_index()
            return dict(
                neighbourhoods=len(series),
                kwh=round(float(series.sum()), 2),
                highest=str(series.idxmax()),
            )

        @task
        def goodbye(found):
            log.warning("listo: %s", found)

        goodbye(join(total_of.expand(neighbourhood=list_neighbourhoods())))
    return built_dag
