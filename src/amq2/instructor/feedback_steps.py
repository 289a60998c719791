"""Paso que nbgrader agrega a la devolución: ejercicio por ejercicio, qué dio puntos y qué no."""

from dataclasses import dataclass, field
from typing import Any

from nbconvert.filters import markdown2html_mistune
from nbconvert.preprocessors.sanitize import SanitizeHTML
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from amq2.notebook.cells import exercise_of

_CLEAN = SanitizeHTML(
    tags=[
        *("a", "blockquote", "br", "code", "details", "div", "em", "h1", "h2", "h3", "h4", "h5"),
        *("hr", "li", "ol", "p", "pre", "span", "strong", "summary"),
        *("table", "tbody", "td", "th", "thead", "tr", "ul"),
    ],
    attributes={"a": ["href"], "*": ["class"]},
)
"""Lo que la página muestra de un texto ajeno: ni programas ni nada que se baje de afuera."""


def safe_html(markdown: str) -> str:
    """Un texto en Markdown como HTML; las etiquetas de más se leen tal como se escribieron."""
    return str(_CLEAN.sanitize_html_tags(markdown2html_mistune(markdown)))


@dataclass
class ExerciseFeedback:
    """Lo que la devolución cuenta de un ejercicio."""

    number: str
    statement: str = ""
    answers: list[NotebookNode] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    score: float = 0
    max_score: float = 0
    needs_manual: bool = False


class SummarizeExercises(NbGraderPreprocessor):
    """Junta las celdas de cada ejercicio para la plantilla de la devolución.

    Va después de `GetGrades`. Ni el código de las pruebas ni sus trazas llegan a la plantilla.
    """

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        exercises: dict[str, ExerciseFeedback] = {}
        statement = ""
        for cell in nb.cells:
            if cell.cell_type == "markdown" and "### Ejercicio" in cell.source:
                statement = cell.source
            if not (utils.is_grade(cell) or utils.is_solution(cell)):
                continue
            number = exercise_of(cell.metadata.nbgrader.grade_id)
            exercise = exercises.setdefault(number, ExerciseFeedback(number, statement))
            if utils.is_solution(cell):
                exercise.answers.append(cell)
            if comment := cell.metadata.nbgrader.get("comment"):
                exercise.comments.append(comment)
            if utils.is_grade(cell):
                exercise.score += cell.metadata.nbgrader.score
                exercise.max_score += cell.metadata.nbgrader.points
                exercise.needs_manual |= _needs_manual(cell, resources)
        resources["nbgrader"]["exercises"] = list(exercises.values())
        return nb, resources


def _needs_manual(cell: NotebookNode, resources: dict[str, Any]) -> bool:
    """Si todavía espera que alguien la corrija a mano."""
    about = resources["nbgrader"]
    place = (about["notebook"], about["assignment"], about["student"])
    with Gradebook(about["db_url"]) as gradebook:
        grade = gradebook.find_grade(cell.metadata.nbgrader.grade_id, *place)
        return bool(grade.needs_manual_grade)
