"""Ataques que no están en el código de una respuesta sino en el archivo: cada uno, una entrega.

La primera línea de cada función dice qué intenta; recibe la carpeta donde va la entrega y un
notebook con las respuestas equivocadas.
"""

import json
import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from amq2.notebook.cells import grade_id_of
from tests.catalogue import solution_cell
from tests.test_grading import UNIT

Attack = Callable[[Path, NotebookNode], None]

EVIL = "<script>alert('MALO')</script><img src=x onerror=alert('MALO')>\x1b]0;MALO\x07"
IS_TEST = ("visibles", "ocultas", "numpy")


def tests_of(notebook: NotebookNode) -> list[NotebookNode]:
    """Las celdas de prueba."""
    return [cell for cell in notebook.cells if (grade_id_of(cell) or "").endswith(IS_TEST)]


def write(folder: Path, notebook: NotebookNode) -> None:
    """Escribe el notebook sin validarlo."""
    (folder / f"{UNIT}.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def deleted_tests(folder: Path, notebook: NotebookNode) -> None:
    """Borra todas las pruebas."""
    gone = tests_of(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell not in gone]
    write(folder, notebook)


def copied_cells(folder: Path, notebook: NotebookNode) -> None:
    """Repite cada celda del curso, con el mismo identificador y la prueba en blanco."""
    for cell in tests_of(notebook):
        copy = new_code_cell("pass", metadata=deepcopy(cell.metadata))
        notebook.cells += [copy, deepcopy(copy)]
    write(folder, notebook)


def edited_tests(folder: Path, notebook: NotebookNode) -> None:
    """Desbloquea las pruebas y las deja en blanco."""
    for cell in tests_of(notebook):
        cell.source = "pass"
        cell.metadata.nbgrader["locked"] = False
    write(folder, notebook)


def more_points(folder: Path, notebook: NotebookNode) -> None:
    """Cambia los puntos, y hace pasar sus celdas por pruebas."""
    for cell in notebook.cells:
        if grade_id_of(cell):
            cell.metadata.nbgrader.update(points=1000, grade=True, solution=True)
    write(folder, notebook)


def swapped_names(folder: Path, notebook: NotebookNode) -> None:
    """Le pone a una celda vacía el identificador de la prueba, y a la prueba otro."""
    for number, cell in enumerate(tests_of(notebook)):
        empty = new_code_cell("", metadata=deepcopy(cell.metadata))
        cell.metadata.nbgrader["grade_id"] = f"otra-{number}"
        notebook.cells.append(empty)
    write(folder, notebook)


def skipped_by_tag(folder: Path, notebook: NotebookNode) -> None:
    """Marca las pruebas con las etiquetas de las celdas que no se ejecutan."""
    for cell in tests_of(notebook):
        cell.metadata["tags"] = ["demo", "skip-execution", "raises-exception", "docente"]
    write(folder, notebook)


def tests_as_text(folder: Path, notebook: NotebookNode) -> None:
    """Pasa las pruebas a Markdown y a texto sin formato."""
    for number, cell in enumerate(tests_of(notebook)):
        cell["cell_type"] = ("markdown", "raw")[number % 2]
        del cell["outputs"], cell["execution_count"]
    write(folder, notebook)


def tests_first(folder: Path, notebook: NotebookNode) -> None:
    """Sube las pruebas arriba de todo y desordena los ejercicios."""
    tests = tests_of(notebook)
    notebook.cells = tests[::-1] + [cell for cell in notebook.cells if cell not in tests]
    write(folder, notebook)


def own_notes(folder: Path, notebook: NotebookNode) -> None:
    """Trae de su casa salidas, notas y avisos: «todo bien, 1000 puntos»."""
    for cell in tests_of(notebook):
        cell.outputs = [new_output("execute_result", {"text/plain": "1000"}, execution_count=1)]
        cell.metadata["amq2_stopped"] = "Todo bien."
        cell.metadata.nbgrader["score"] = 1000
    notebook.metadata["amq2_notes"] = [["", "Todo bien."]]
    write(folder, notebook)


def odd_kernel(folder: Path, notebook: NotebookNode) -> None:
    """Pide otro kernel, con signos de terminal y HTML en el nombre."""
    notebook.metadata["kernelspec"] = {"name": EVIL, "display_name": EVIL, "language": "bash"}
    notebook.metadata["language_info"] = {"name": EVIL}
    write(folder, notebook)


def own_modules(folder: Path, notebook: NotebookNode) -> None:
    """Entrega al lado su propio numpy.py, amq2/checks.py, sitecustomize.py y configuración."""
    code = "loads = lambda text: {'double': 4}\ncheck = check_equal = lambda *_: None\n"
    (folder / "amq2").mkdir()
    for name in ("numpy", "json", "sitecustomize", "ipython_config", "amq2/checks", "conftest"):
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (folder / "nbgrader_config.py").write_text("raise SystemExit", encoding="utf-8")
    write(folder, notebook)


def active_text(folder: Path, notebook: NotebookNode) -> None:
    """Escribe JavaScript en lo que se corrige a mano, en el enunciado y en celdas propias."""
    solution_cell(notebook, "99.3").source = f"Mirá:\n\n{EVIL}\n\n[acá](javascript:alert('MALO'))"
    notebook.cells.insert(2, new_markdown_cell(EVIL))
    next(cell for cell in notebook.cells if "Ejercicio 99.1" in cell.source).source += EVIL
    write(folder, notebook)


def broken_json(folder: Path, notebook: NotebookNode) -> None:
    """Corta el archivo por la mitad."""
    text = json.dumps(notebook)
    (folder / f"{UNIT}.ipynb").write_text(text[: len(text) // 2], encoding="utf-8")


def other_encoding(folder: Path, notebook: NotebookNode) -> None:
    """Lo guarda en Latin-1."""
    text = json.dumps(notebook, ensure_ascii=False)
    (folder / f"{UNIT}.ipynb").write_bytes(text.replace("Ejercicio", "Ejercició").encode("latin-1"))


def other_name(folder: Path, notebook: NotebookNode) -> None:
    """Le pone al archivo un nombre con signos de terminal."""
    write(folder, notebook)
    (folder / f"{UNIT}.ipynb").rename(folder / "entrega\x1b]0;MALO\x07\n; rm -rf.ipynb")


def undecodable_name(folder: Path, notebook: NotebookNode) -> None:
    """Le pone al archivo un nombre que no es texto en ninguna codificación."""
    write(folder, notebook)
    (folder / f"{UNIT}.ipynb").rename(folder / os.fsdecode(b"\xff\xfe.ipynb"))


def deep_json(folder: Path, notebook: NotebookNode) -> None:
    """Cien mil listas, una adentro de otra, en los metadatos."""
    text = json.dumps(notebook).replace(
        '"metadata"', f'"x": {"[" * 100_000}{"]" * 100_000}, "metadata"', 1
    )
    (folder / f"{UNIT}.ipynb").write_text(text, encoding="utf-8")


def huge_file(folder: Path, notebook: NotebookNode) -> None:
    """Un notebook de 60 MB."""
    notebook.metadata["relleno"] = "x" * 60_000_000
    write(folder, notebook)


def many_cells(folder: Path, notebook: NotebookNode) -> None:
    """Un notebook con cien mil celdas vacías."""
    notebook.cells += [{"cell_type": "markdown", "metadata": {}, "source": ""}] * 100_000
    write(folder, notebook)


def huge_neighbour(folder: Path, notebook: NotebookNode) -> None:
    """Al lado del notebook, un archivo que dice medir 100 GB."""
    write(folder, notebook)
    with (folder / "datos.csv").open("wb") as file:
        file.truncate(100 * 1024**3)


def linked_master(folder: Path, notebook: NotebookNode) -> None:
    """El notebook es un enlace al máster."""
    (folder / f"{UNIT}.ipynb").symlink_to(folder.parents[2] / "solutions" / UNIT / f"{UNIT}.ipynb")


def linked_neighbours(folder: Path, notebook: NotebookNode) -> None:
    """Al lado del notebook, enlaces al gradebook, a los másters y a la casa."""
    write(folder, notebook)
    course = folder.parents[2]
    (folder / "gradebook.db").symlink_to(course / "gradebook.db")
    (folder / "masters").symlink_to(course / "solutions")
    (folder / "timestamp.txt").symlink_to("/etc/hostname")
    (folder / "casa").symlink_to(Path.home())


def named_pipe(folder: Path, notebook: NotebookNode) -> None:
    """El notebook es un caño: quien lo abre se queda esperando para siempre."""
    os.mkfifo(folder / f"{UNIT}.ipynb")


def not_a_notebook(folder: Path, notebook: NotebookNode) -> None:
    """Un JSON con la forma de un notebook y nada en su lugar."""
    broken = {"nbformat": 4, "nbformat_minor": 5, "metadata": [], "cells": {"0": None}}
    (folder / f"{UNIT}.ipynb").write_text(json.dumps(broken), encoding="utf-8")


def odd_types(folder: Path, notebook: NotebookNode) -> None:
    """Metadatos de nbgrader con tipos que nadie espera."""
    values: list[object] = [None, [], "x", 10**400, {"grade_id": ["x"]}, {"grade_id": "../../etc"}]
    for cell, value in zip(tests_of(notebook), values, strict=False):
        cell.metadata["nbgrader"] = value
    notebook.cells[0]["metadata"]["tags"] = {"demo": 1}
    write(folder, notebook)


FILES: dict[str, Attack] = {
    attack.__name__: attack
    for attack in (
        deleted_tests, copied_cells, edited_tests, more_points, swapped_names, skipped_by_tag,
        tests_as_text, tests_first, own_notes, odd_kernel, own_modules, active_text, broken_json,
        other_encoding, other_name, undecodable_name, deep_json, huge_file, many_cells,
        huge_neighbour, linked_master, linked_neighbours, named_pipe, not_a_notebook, odd_types,
    )
}  # fmt: skip
