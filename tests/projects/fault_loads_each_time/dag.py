"""Agrega al archivo publicado en lugar de reemplazarlo."""

from pathlib import Path

import model
import pandas as pd
from airflow.sdk import dag, task

from amq2.project.patients import COLUMNS, FEATURES


@dag(params={"day": "2026-03-02", "folder": "days"})
def nightly():
    @task
    def everything(params=None):
        folder, name = Path(params["folder"]), f"{params['day']}.csv"
        rows = pd.read_csv(folder / "incoming" / name)
        numbers = rows[["patient_id", *FEATURES]].apply(pd.to_numeric, errors="coerce")
        fits = numbers["patient_id"].notna()
        for column in COLUMNS:
            fits &= numbers[column.name].between(column.minimum, column.maximum)
        good = numbers[fits].sort_values("patient_id")
        good["progression"] = model.predict(model.load(), good) if len(good) else []
        good["patient_id"] = good["patient_id"].astype(int)
        for part, table in (
            ("published", good[["patient_id", "progression"]]),
            ("quarantine", rows[~fits].assign(why="no va")),
        ):
            path = folder / part / name
            path.parent.mkdir(exist_ok=True)
            table.to_csv(path, mode="a", header=not path.exists(), index=False)

    everything()


nightly()
