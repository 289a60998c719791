"""`make report`: escribe report.html, la clase en una página."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from amq2.instructor.course import ROOT, command_line
from amq2.instructor.grade import submissions
from amq2.instructor.report import behind, items, pictures, similarity
from amq2.instructor.report.marks import Marks, read_marks
from amq2.instructor.report.messages import frequent_messages
from amq2.instructor.report.work import flagged, read_work
from amq2.settings import TIME_ZONE

TEMPLATE = Path(__file__).with_name("page.html.j2")
PAIRS_SHOWN = 30
"""Cuántos pares parecidos entran en la página."""


def report(root: Path = ROOT, now: datetime | None = None) -> Path:
    """Escribe `report.html` con lo que hay en gradebook.db y en autograded/.

    Args:
        root: la carpeta del curso.
        now: la hora del informe; si no se dice, la de ahora.

    Returns:
        Dónde quedó.

    Raises:
        CourseError: si todavía no se corrigió nada.
    """
    now = now or datetime.now(UTC)
    marks = read_marks(root, now)
    works = list(read_work(root))
    statistics = items.item_statistics(marks.exercises)
    pairs = similarity.similar_pairs(works, root)
    template = jinja2.Template(TEMPLATE.read_text(encoding="utf-8"), autoescape=True)
    page = template.render(
        now=now.astimezone(TIME_ZONE),
        students=marks.units["student"].nunique(),
        handed_in=int((~marks.units["missing"]).sum()),
        ungraded=_ungraded(marks, root),
        units=[_unit(str(name), table) for name, table in marks.units.groupby("unit")],
        statistics=statistics,
        scatter=pictures.exercises(statistics),
        messages=frequent_messages(marks.exercises),
        behind=behind.falling_behind(marks.units, marks.due),
        waiting=_waiting(marks.exercises),
        flags=flagged(works),
        pairs=pairs[:PAIRS_SHOWN],
        more_pairs=len(pairs[PAIRS_SHOWN:]),
        low=behind.LOW,
        rule=behind.RULE,
        look_at=items.LOOK_AT,
        min_students=items.MIN_STUDENTS,
        k=similarity.K,
        common=similarity.COMMON,
        min_common=similarity.MIN_COMMON,
        similar=similarity.SIMILAR,
        min_shared=similarity.MIN_SHARED,
    )
    path = root / "report.html"
    path.write_text(page, encoding="utf-8", errors="replace")  # medio emoji no se puede escribir
    return path


def _unit(name: str, table: pd.DataFrame) -> dict[str, Any]:
    fractions = table["fraction"]
    return {
        "name": name,
        "handed_in": int((~table["missing"]).sum()),
        "late": int(table["late"].sum()),
        "missing": int(table["missing"].sum()),
        "quartiles": fractions.quantile([0.25, 0.5, 0.75]).tolist(),
        "picture": pictures.distribution(name, fractions),
    }


def _waiting(exercises: pd.DataFrame) -> list[dict[str, Any]]:
    groups = exercises[exercises["waits"]].groupby(["unit", "exercise"])["student"]
    return [
        {"unit": unit, "exercise": exercise, "count": len(names), "students": sorted(names)}
        for (unit, exercise), names in groups
    ]


def _ungraded(marks: Marks, root: Path) -> int:
    """Cuántas entregas de submitted/ no están en el gradebook."""
    handed_in = marks.units[~marks.units["missing"]]
    graded = set(zip(handed_in["student"], handed_in["unit"], strict=True))
    waiting = [
        folder
        for unit in marks.units["unit"].unique()
        for folder in submissions(unit, root)
        if (folder.parent.name, unit) not in graded
    ]
    return len(waiting)


def main(arguments: Sequence[str]) -> int:
    """Escribe la página y dice dónde quedó. No recibe argumentos."""
    path = report()
    print(f"{path.name}: abrila con el navegador. Tiene notas y nombres: no la publiques.")
    return 0


if __name__ == "__main__":
    command_line(main)
