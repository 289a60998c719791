"""El proceso de cada noche: el archivo del día entra, los puntajes salen.

Parámetros: `day`, por ejemplo "2026-03-02", y `folder`, la carpeta de los días.
"""

import os
from pathlib import Path
from typing import Any

import model
import pandas as pd
from airflow.sdk import Param, dag, task

from amq2.project.patients import COLUMNS, FEATURES

### BEGIN SOLUTION


def reasons(rows: pd.DataFrame) -> pd.Series:
    """Por qué no sirve cada fila: un texto, vacío si sirve. `rows` viene todo como texto."""
    numbers = rows.apply(pd.to_numeric, errors="coerce")
    why = pd.Series("", index=rows.index)
    why[~(numbers["patient_id"] % 1 == 0)] += "patient_id no es un número; "
    for column in COLUMNS:
        value = numbers[column.name]
        fits = value.between(column.minimum, column.maximum)
        if column.is_whole:
            fits &= value % 1 == 0
        why[~fits] += f"{column.name} no va; "
    why[rows["patient_id"].duplicated()] += "repetido; "
    return why.str.removesuffix("; ")


def write(rows: pd.DataFrame, path: Path) -> None:
    """Lo escribe al lado y lo pone en su lugar en un paso: nadie ve un archivo a medias."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    rows.to_csv(partial, index=False)
    partial.replace(path)


@dag(
    schedule=None,
    params={
        "day": Param("2026-03-02", type="string", format="date"),
        "folder": Param("days", type="string"),
    },
)
def score_patients() -> None:
    @task
    def check(params: dict[str, Any] | None = None) -> dict[str, int]:
        """Separa las filas que no sirven."""
        assert params
        folder, name = Path(params["folder"]), f"{params['day']}.csv"
        rows = pd.read_csv(folder / "incoming" / name, dtype=str, keep_default_na=False)
        if missing := {"patient_id", *FEATURES}.difference(rows.columns):
            raise ValueError(f"A {name} le faltan columnas: {', '.join(sorted(missing))}")
        why = reasons(rows)
        write(rows[why == ""], folder / "clean" / name)
        write(rows.assign(why=why)[why != ""], folder / "quarantine" / name)
        return {"good": int((why == "").sum()), "bad": int((why != "").sum())}

    @task
    def score(params: dict[str, Any] | None = None) -> int:
        """Puntúa las que sirven y publica el día entero."""
        assert params
        folder, name = Path(params["folder"]), f"{params['day']}.csv"
        rows = pd.read_csv(folder / "clean" / name)
        found = model.predict(model.load(), rows) if len(rows) else []
        table = pd.DataFrame({"patient_id": rows["patient_id"].astype(int), "progression": found})
        write(table.sort_values("patient_id"), folder / "published" / name)
        return len(table)

    check() >> score()


score_patients()
### END SOLUTION
