"""La página con todas las mediciones: las metas, el comando que da cada una, y un dibujo.

Se arma con los `.json` de esta carpeta, y `make bench` la escribe al terminar: no mide nada.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from amq2.serving_plots import BLUE, ORANGE
from benchmarks.report import Row

FOLDER = Path(__file__).parent
PAGE, PICTURE = FOLDER / "README.md", FOLDER / "targets.svg"
TITLES = {
    "grading": "Corregir una clase",
    "serving": "Servir: una fila por pedido",
    "batch": "Batch: millones de filas",
    "cluster": "Una noche repartida en dos workers",
    "tests": "Las pruebas",
}
"""Las mediciones, en el orden de la página."""

WANTED = re.compile(r"(?P<sign>>=|<=|<) (?P<number>[\d.]+)")
Results = Mapping[str, Mapping[str, Any]]


def main() -> None:
    """Escribe la página y su dibujo."""
    results = saved(FOLDER)
    with rc_context({"svg.hashsalt": PICTURE.name}):  # con los mismos números, el mismo archivo
        plot(results).savefig(PICTURE, metadata={"Date": None})
    PAGE.write_text(text(results), encoding="utf-8")


def saved(folder: Path) -> dict[str, dict[str, Any]]:
    """Lo que dejó cada medición que ya se hizo."""
    files = {name: folder / f"{name}.json" for name in TITLES}
    return {
        name: json.loads(path.read_text(encoding="utf-8"))
        for name, path in files.items()
        if path.exists()
    }


def text(results: Results) -> str:
    """La página, en Markdown."""
    met = sum(one["cumple"] for _, one in _targets(results))
    total = sum(1 for _ in _targets(results))
    lines = [
        "# Mediciones",
        "",
        "La escribe `make bench` con lo que midió; cada parte se repite con su comando. Los "
        "números son de la máquina que dice cada una: lo que se compara son las razones, medidas "
        "en una misma corrida.",
        "",
        f"Se cumplen {met} de {total} metas.",
        "",
        f"![{_alt(results)}]({PICTURE.name})",
    ]
    for name, found in results.items():
        lines += ["", f"## {TITLES[name]}", "", f"`make bench ONLY={name}`", ""]
        if "targets" in found:
            lines += ["| meta | pide | dio | menor | mayor | |", "|---|---|---|---|---|---|"]
            lines += [_line(one) for one in found["targets"]]
        else:
            lines += ["| dato | valor |", "|---|---|"]
            lines += [f"| `{key}` | {value:g} |" for key, value in found["speed"].items()]
        lines += ["", f"En {_conditions(found['conditions'])}."]
    return "\n".join(lines) + "\n"


def plot(results: Results) -> Figure:
    """Cuántas veces lo pedido dio cada meta: de la raya para la derecha, cumple."""
    found = [(one, times) for _, one in _targets(results) if (times := times_of(one))]
    figure = Figure(figsize=(10, 1 + 0.32 * len(found)), layout="constrained")
    axes = figure.subplots()
    places = range(len(found))
    colors = [BLUE if one["cumple"] else ORANGE for one, _ in found]
    axes.hlines(places, 1, [times for _, times in found], color=colors)
    axes.scatter([times for _, times in found], places, color=colors, zorder=3)
    axes.axvline(1, color="black", linewidth=1)
    axes.set_yticks(places, [one["meta"] for one, _ in found], fontsize=8)
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.invert_yaxis()
    axes.set(title="Cada meta, contra lo que se le pide", xlabel="veces lo pedido (1: justo)")
    return figure


def times_of(one: Row) -> float | None:
    """Cuántas veces lo pedido dio una meta, más es mejor; None si lo pedido es cero.

    >>> times_of({"pide": ">= 0.8", "medido": 1.6})
    2.0
    >>> times_of({"pide": "<= 1.2", "medido": 0.6})
    2.0
    """
    asked = WANTED.fullmatch(one["pide"])
    if not asked or not one["medido"]:
        return None
    ratio = one["medido"] / float(asked["number"])
    return float(ratio if asked["sign"] == ">=" else 1 / ratio)


def _targets(results: Results) -> Iterator[tuple[str, Row]]:
    for name, found in results.items():
        for one in found.get("targets", ()):
            yield name, one


def _alt(results: Results) -> str:
    missed = [one["meta"] for _, one in _targets(results) if not one["cumple"]]
    return "Todas las metas se cumplen" if not missed else f"No se cumplen: {'; '.join(missed)}"


def _line(one: Row) -> str:
    figures = (f"{one[key]:g}" for key in ("medido", "menor", "mayor"))
    sign = "✓" if one["cumple"] else "✗"
    return f"| {one['meta']} | {one['pide']} | {' | '.join(figures)} | {sign} |"


def _conditions(found: Mapping[str, Any]) -> str:
    parts = [f"{found['cores']} núcleos", f"Python {found['python']}"]
    if "rounds" in found:
        parts.append(f"{found['rounds']} rondas")
    parts.append(f"carga {found['load_before']:g} antes de empezar")
    return ", ".join(parts)
