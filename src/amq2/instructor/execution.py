"""El paso de nbgrader que ejecuta una entrega, encerrada y con las importaciones ya hechas.

Vale igual para `make grade`, para `nbgrader autograde` y para el botón del formgrader.
"""

import os
from collections.abc import Mapping
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode

from amq2.instructor.libraries import import_all, libraries_of
from amq2.instructor.tampering import names_in, planted
from amq2.instructor.watch import Watch
from amq2.isolation.level import is_isolated
from amq2.isolation.nurseries import nursery_for
from amq2.isolation.provisioner import KERNEL, NURSERY, kernel_specs
from amq2.notebook.cells import IMPORTS, describe, grade_id_of
from amq2.notebook.execute import FLAG, SECONDS_TO_ANSWER, STOPPED, ExecuteExercises


def imports_of(unit: str, db_url: str) -> str:
    """El código que importa lo que usa una unidad: su celda de importaciones y sus pruebas.

    Corre sin encierro, así que se toma del gradebook y nunca de una entrega.
    """
    with Gradebook(db_url) as gradebook:
        notebook = gradebook.find_notebook(unit, unit)
        sources = {cell.name: cell.source for cell in notebook.source_cells}
        tests = {cell.name for cell in notebook.grade_cells if cell.cell_type == "code"}
    imports = sources.get(IMPORTS, "")
    libraries = libraries_of(imports, frozenset(sources[name] for name in tests))
    return f"{imports}\n{import_all(libraries)}"


class GradeExercises(ExecuteExercises):
    """Ejecuta una entrega encerrada y mira que no cambie aquello de lo que dependen sus pruebas."""

    nursery = Unicode(
        help="socket de un vivero con las importaciones hechas; sin él, se enciende uno"
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: KernelManager | None = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        self.watch: Watch | None = None
        if not self.nursery and is_isolated():
            self.nursery = str(nursery_for(imports_of(about["assignment"], about["db_url"])))
        return super().preprocess(nb, resources, km)

    def create_kernel_manager(self) -> KernelManager:
        if not self.nursery:
            return super().create_kernel_manager()
        self.km = self.kernel_manager_class(
            kernel_name=KERNEL, kernel_spec_manager=kernel_specs(), config=self.config
        )
        return self.km

    def start_new_kernel(self, **kwargs: Any) -> None:  # noqa: ANN401
        if self.nursery:
            kwargs["env"] = {**os.environ, NURSERY: self.nursery}
        super().start_new_kernel(**kwargs)

    def _execute(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> None:
        if self.watch is None:
            self.watch = self._start_to_watch()
        if not _is_test(cell):
            super()._execute(cell, resources, index)
            self.looked = False
            return
        if not self.looked:
            self._look_for_changes(index)
        if self.stopped_by:
            return
        if names := names_in(cell.source, self.watch.origins).intersection(self.watch.shadowed):
            reason = (
                f"La prueba usa {', '.join(sorted(names))}, y el notebook le puso ese nombre a "
                "otra cosa: cambialo."
            )
            cell.metadata[STOPPED] = reason
            cell.outputs = [new_output("error", ename=STOPPED, evalue="", traceback=[])]
            return
        self._execute_test(cell, resources, index)
        if not self.stopped_by:
            self._look_for_changes(index)

    def _start_to_watch(self) -> Watch:
        self.looked = False
        tests = [cell.source for cell in self.nb.cells if _is_test(cell)]
        imports = [cell.source for cell in self.nb.cells if grade_id_of(cell) == IMPORTS]
        return Watch(run_sync(self._ask_kernel), "\n".join(imports), tests)

    def _execute_test(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> None:
        """Ejecuta una prueba: pasa si llega a la comprobación que se le plantó, y ésta falla."""
        source = cell.source
        cell.source, mark = planted(source)
        try:
            super()._execute(cell, resources, index)
        finally:
            cell.source = source
        errors = [output for output in cell.outputs if output.output_type == "error"]
        reached = [error for error in errors if mark in error.evalue]
        cell.outputs = [output for output in cell.outputs if output not in reached]
        if not errors and not self.stopped_by:
            self._stop_for_a_person(
                index, "la prueba terminó bien sin comprobar nada: la entrega se lo impidió"
            )

    def _look_for_changes(self, index: int) -> None:
        """Si algo de lo que dependen las pruebas cambió, lo que sigue no cuenta."""
        assert self.watch
        self.looked = True
        if (names := self.watch.look()) and run_sync(self._is_alive)():
            reason = f"la entrega cambió {', '.join(names[:5])}, de lo que dependen sus pruebas"
            self._stop_for_a_person(index, reason)

    def _stop_for_a_person(self, index: int, reason: str) -> None:
        place = describe(self.nb.cells[index], index)
        self._stop(index, f"{FLAG}{reason}. Desde {place} no se le dio puntos.")

    async def _is_alive(self) -> bool:
        return bool(await ensure_async(self.km.is_alive()))

    async def _ask_kernel(self, expressions: Mapping[str, str]) -> dict[str, str]:
        """El valor de cada expresión en el kernel, como lo escribe."""
        asked = {name: " ".join(text.split()) for name, text in expressions.items()}
        try:
            reply = await ensure_async(
                self.kc.execute(
                    "",
                    silent=True,
                    user_expressions=asked,
                    reply=True,
                    timeout=SECONDS_TO_ANSWER,
                )
            )
        except (TimeoutError, RuntimeError):
            return {}
        values = reply["content"].get("user_expressions", {})
        return {
            name: str(value.get("data", {}).get("text/plain", "")) for name, value in values.items()
        }


def _is_test(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)
