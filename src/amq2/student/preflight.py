"""La revisión previa: qué tiene de roto un notebook antes de entregarlo, y cómo se repara."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from amq2.notebook.cells import describe, grade_id_of, has_tag
from amq2.notebook.copies import Restored
from amq2.notebook.execute import NOTES, STOPPED
from amq2.notebook.files import files_of, why_refused
from amq2.notebook.reading import UnreadableError, find_notebook, read_notebook
from amq2.notebook.restore import overwrite, restore

PUT_BACK = "cerrá el notebook y escribí make update: la repone y conserva tus respuestas."
PUT_BACK_EMPTY = (
    "cerrá el notebook y escribí make update: la repone como se publicó. Si era tu respuesta, "
    "buscala en .ipynb_checkpoints/, respaldos/ o entregas/."
)
ALREADY_SAID = (STOPPED, "CellTimeoutError", "KeyboardInterrupt", "MemoryError", "SystemExit")
"""Nombres de los errores que ya cuentan los avisos de la ejecución."""


@dataclass(frozen=True)
class Finding:
    """Algo roto y su reparación. Lo que no cuesta puntos es sólo un aviso."""

    problem: str
    repair: str
    is_notice: bool = False

    def __str__(self) -> str:
        mark = "[ AVISO ]" if self.is_notice else "[ FALLA ]"
        return f"  {mark} {self.problem}\n            -> {self.repair}"


def open_notebook(folder: Path, unit: str) -> tuple[NotebookNode | None, list[Finding]]:
    """Lee el notebook de una unidad.

    Returns:
        El notebook, o `None` si no se puede leer, y lo que tiene de roto el archivo.
    """
    path = find_notebook(folder, unit)
    name = f"{unit}.ipynb"
    if path is None:
        repair = f"en {folder.name}/ tiene que haber un archivo {name}; make update trae uno nuevo."
        return None, [Finding(f"No está {name}.", repair)]
    findings = []
    if path.name != name:
        repair = f"clic derecho en el archivo → Renombrar → {name}."
        findings.append(Finding(f"El notebook se llama {path.name}.", repair))
    try:
        return read_notebook(path), findings
    except UnreadableError as error:
        return None, [*findings, Finding(f"{path.name} {error}.", _how_to_read(str(error)))]


def _how_to_read(why: str) -> str:
    if "pesa" in why:
        return "en JupyterLab: Editar → Borrar las salidas de todas las celdas, y guardá."
    if "UTF-8" in why:
        return "otro programa lo guardó con otra codificación: guardalo como UTF-8."
    return (
        "un editor de texto o un corte lo dañó: buscá una versión anterior en "
        ".ipynb_checkpoints/ o en respaldos/; make update trae uno nuevo y no borra éste."
    )


def missing_files(folder: Path, unit: str) -> list[Finding]:
    """De los archivos que se entregan con el notebook, los que no se pueden entregar o no andan."""
    repair = "tiene que estar al lado del notebook; si lo borraste, make update trae el publicado."
    made = "lo escribe tu código: en una terminal de JupyterLab, en esta carpeta, python model.py."
    findings = []
    for path in (folder / name for name in files_of(unit)):
        is_code = path.suffix == ".py"
        if why := why_refused(path):
            findings.append(Finding(f"{path.name}: {why}.", repair if is_code else made))
        elif is_code and (line := _broken_line(path)):
            findings.append(
                Finding(f"{path.name}: Python no entiende la línea {line}.", "abrilo y ejecutalo.")
            )
    return findings


def _broken_line(path: Path) -> int | None:
    """La línea en la que un archivo deja de ser Python; `None` si está bien escrito."""
    try:
        ast.parse(path.read_bytes())
    except (SyntaxError, ValueError) as error:
        return getattr(error, "lineno", None) or 1
    return None


def put_in_order(notebook: NotebookNode, published: NotebookNode) -> list[Finding]:
    """Repone en memoria las celdas del curso, como la corrección, y dice cuáles estaban mal."""
    originals = [cell for cell in published.cells if grade_id_of(cell)]
    notes = restore(notebook.cells, originals) + overwrite(notebook.cells, originals)
    return [Finding(f"{note.problem}.", _how_to_put_in_order(note)) for note in notes]


def _how_to_put_in_order(note: Restored) -> str:
    if "repetida" in note.problem:
        return f"borrá la que no quieras: {note.remedy}."
    return PUT_BACK_EMPTY if note.problem.startswith("Falta") else PUT_BACK


def what_did_not_run(notebook: NotebookNode, published: NotebookNode) -> list[Finding]:
    """Lo que falló al ejecutar el notebook en un kernel nuevo, fuera de las pruebas."""
    findings = [Finding(text, _how_to_run(text)) for _, text in notebook.metadata.get(NOTES, [])]
    sources = {cell.source for cell in published.cells}
    for index, cell in enumerate(notebook.cells):
        name = grade_id_of(cell)
        is_test = name is not None and bool(cell.metadata["nbgrader"].get("grade"))
        error = _error(cell)
        if error is None or is_test or cell.source in sources:
            continue
        place = describe(cell, index).capitalize()
        repair = (
            "corregí esa celda: mientras tanto, sus pruebas no pueden pasar."
            if name
            else "lo que sigue a ese error no se define: si un ejercicio lo usa, pierde sus puntos."
        )
        problem = f"{place} termina con {error} en un kernel nuevo."
        findings.append(Finding(problem, repair, is_notice=name is None))
    return findings


def _how_to_run(text: str) -> str:
    if "El kernel terminó" in text:
        return "corregí esa celda: hasta entonces, lo que sigue no da puntos."
    if "tardó" in text or "segundos" in text:
        return "fijate si hay un bucle que no termina, o una espera larga."
    if "memoria" in text:
        return "cerrá lo que tu respuesta deja abierto y no guardes todo junto."
    return "sacá los print que se repiten." if "escribió" in text else "sacá esa línea."


def _error(cell: NotebookNode) -> str | None:
    for output in cell.get("outputs", []):
        if output.output_type == "error" and output.ename not in ALREADY_SAID:
            first, *_ = [*str(output.evalue).splitlines(), ""]
            return f"{output.ename}: {first[:100]}".rstrip(": ")
    return None


def is_hidden(cell: NotebookNode) -> bool:
    """Si de esta celda de pruebas el estudiante sólo ve el comentario."""
    try:
        return cell.cell_type == "code" and not ast.parse(cell.source).body
    except SyntaxError:
        return False


def unanswered(notebook: NotebookNode, published: NotebookNode) -> Sequence[str]:
    """Las respuestas que siguen como se publicaron, por su identificador."""
    stubs = {
        grade_id_of(cell): cell.source.strip()
        for cell in published.cells
        if grade_id_of(cell) and cell.metadata["nbgrader"].get("solution")
    }
    return [
        name
        for cell in notebook.cells
        if (name := grade_id_of(cell)) in stubs
        and name is not None
        and cell.source.strip() == stubs[name]
        and not has_tag(cell, "opcional")
    ]
