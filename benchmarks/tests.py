"""Cuánto tarda `make test`, paso por paso, y si entra en los veinte minutos que se le piden.

Usa lo que dejó la última corrida de `make test` en `build/`; si no hubo ninguna, la hace.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from benchmarks.load import LoadError
from benchmarks.report import Row, table, target
from tests.prove import ROOT, TIMES

RESULTS = Path(__file__).with_suffix(".json")
MINUTES = 20


def main() -> None:
    """Muestra los tiempos y los guarda en benchmarks/tests.json."""
    if not TIMES.exists():
        subprocess.run([sys.executable, "tests/prove.py"], cwd=ROOT, check=False)
    if not TIMES.exists():
        raise LoadError("make test no llegó al final: corrélo, y repetí.")
    found = result(json.loads(TIMES.read_text(encoding="utf-8")))
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{table(found['rows'])}\n\n{table(found['targets'])}")


def result(times: dict[str, Any]) -> dict[str, Any]:
    """Las tablas, de lo que anotó `make test`.

    Args:
        times: `conditions`, `seconds` (el total) y `steps`: de cada paso, su nombre, los segundos,
            y cuántas pruebas pasaron y fallaron.
    """
    minutes, failed = times["seconds"] / 60, sum(step["failed"] for step in times["steps"])
    rows: list[Row] = [
        {
            "paso": step["name"],
            "segundos": round(step["seconds"], 1),
            "pruebas": step["passed"] + step["failed"],
        }
        for step in times["steps"]
    ]
    targets = [
        target("make test (minutos)", f"<= {MINUTES}", (minutes,) * 3, minutes <= MINUTES),
        target("pruebas que fallaron", "0", (failed,) * 3, not failed),
    ]
    return {"conditions": times["conditions"], "rows": rows, "targets": targets}
