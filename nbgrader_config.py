"""Configuración de nbgrader: vale para `make grade`, para `nbgrader …` y para el formgrader."""

import tempfile
from pathlib import Path

from nbconvert.preprocessors import CSSHTMLHeaderPreprocessor
from nbgrader.converters import GenerateAssignment
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    GetGrades,
    IgnorePattern,
    LimitOutput,
    OverwriteCells,
    OverwriteKernelspec,
    SaveAutoGrades,
)
from nbgrader.server_extensions import formgrader

from amq2.instructor import feedback_steps
from amq2.instructor.autograde_steps import RestoreCells, SaveNotes
from amq2.instructor.execution import GradeExercises
from amq2.instructor.feedback_steps import SummarizeExercises
from amq2.instructor.fingerprint import FINGERPRINT
from amq2.instructor.release_steps import ClearFiles, StripNotes, TagTests
from amq2.notebook.files import FILES

c = get_config()  # noqa: F821 - la da el cargador de traitlets

c.CourseDirectory.root = str(Path(__file__).parent)
c.CourseDirectory.course_id = "aprendizaje-de-maquina-ii"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

# El intercambio de nbgrader no se usa, pero nbgrader pide una carpeta que exista.
c.Exchange.root = tempfile.gettempdir()

c.ClearSolutions.code_stub = {
    "python": 'raise NotImplementedError("completá este ejercicio")',
}
c.ClearSolutions.text_stub = "Escribí acá tu respuesta."

c.GenerateAssignment.preprocessors = [
    StripNotes,
    *GenerateAssignment.preprocessors.default(),
    ClearFiles,
    TagTests,
]

# Los archivos que entrega un estudiante no se pisan con los del máster.
c.Autograde.exclude_overwriting = {unit: list(names) for unit, names in FILES.items()}
c.Autograde.sanitize_preprocessors = [
    ClearOutput,
    RestoreCells,
    OverwriteKernelspec,
    OverwriteCells,
    CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    GradeExercises,
    IgnorePattern,
    LimitOutput,
    SaveAutoGrades,
    SaveNotes,
    AssignLatePenalties,
    CheckCellMetadata,
]

c.GenerateFeedback.preprocessors = [
    GetGrades,
    SummarizeExercises,
    CSSHTMLHeaderPreprocessor,
]
# El formgrader muestra lo que escribió otro en la sesión del docente: nada de eso se ejecuta.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "safe_html": feedback_steps.safe_html,
    "markdown2html": feedback_steps.safe_html,
}
# Primero nuestra devolución; después las plantillas de nbgrader, que usa el formgrader.
c.HTMLExporter.extra_template_basedirs = [
    str(Path(feedback_steps.__file__).parent / "templates"),
    str(Path(formgrader.__file__).parent / "templates"),
]

# La huella de una corrección es de los docentes: no viaja con la devolución.
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", FINGERPRINT]
