"""Lo que llegó no se mira: un dato que no va hace fallar la noche entera."""

from pathlib import Path

import model
import pandas as pd
from airflow.sdk import dag, task

from amq2.project.patients import FEATURES


@dag(params={"day": "2026-03-02", "folder": "days"})
def nightly():
    @task
    def score(params=None):
        folder, name = Path(params["folder"]), f"{params['day']}.csv"
        rows = pd.read_csv(folder / "incoming" / name).astype(dict.fromkeys(FEATURES, float))
        rows["progression"] = model.predict(model.load(), rows)
        (folder / "published").mkdir(exist_ok=True)
        rows[["patient_id", "progression"]].to_csv(folder / "published" / name, index=False)

    score()


nightly()
