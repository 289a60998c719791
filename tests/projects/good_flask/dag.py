"""La noche, en una sola tarea clásica y sin pandas."""

import csv
from pathlib import Path

import model as shared
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG

from amq2.project.patients import COLUMNS, FEATURES


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def close_the_day(params):
    folder, day = Path(params["folder"]), params["day"]
    with (folder / "incoming" / f"{day}.csv").open(newline="") as file:
        reader = csv.DictReader(file)
        rows, titles = list(reader), reader.fieldnames
    if missing := {"patient_id", *FEATURES} - set(titles):
        raise ValueError(f"faltan columnas: {missing}")
    good, bad, seen = {}, [], set()
    for row in rows:
        values = {name: number(row[name]) for name in FEATURES}
        why = [column.name for column in COLUMNS if shared.problem(column, values[column.name])]
        if not row["patient_id"].isdigit():
            why.append("patient_id")
        if row["patient_id"] in seen:
            why.append("repetido")
        seen.add(row["patient_id"])
        if why:
            bad.append({**row, "why": "no va: " + ", ".join(why)})
        else:
            good[int(row["patient_id"])] = values
    ids = sorted(good)
    found = shared.progressions([good[one] for one in ids]) if ids else []
    lines = [{"patient_id": one, "progression": value} for one, value in zip(ids, found)]
    write(folder / "published" / f"{day}.csv", ["patient_id", "progression"], lines)
    write(folder / "quarantine" / f"{day}.csv", [*titles, "why"], bad)


def write(path, titles, lines):
    path.parent.mkdir(exist_ok=True)
    half = path.with_suffix(".half")
    with half.open("w", newline="") as file:
        writer = csv.DictWriter(file, titles)
        writer.writeheader()
        writer.writerows(lines)
    half.rename(path)


with DAG("noche", schedule="@daily", params={"day": "2026-03-02", "folder": "."}) as dag:
    PythonOperator(task_id="close_the_day", python_callable=close_the_day)
