"""El paso de nbgrader que ejecuta una entrega, encerrada y con las importaciones ya hechas.

Vale igual para `make grade`, para `nbgrader autograde` y para el botón del formgrader.
"""

import os
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.api import Gradebook
from nbgrader.utils import is_grade, is_solution
from traitlets import Unicode

from amq2.instructor.tampering import PHOTO, changed, photo_in, shadowed_by
from amq2.isolation.level import is_isolated
from amq2.isolation.nurseries import nursery_for
from amq2.isolation.provisioner import KERNEL, NURSERY, kernel_specs
from amq2.notebook.cells import IMPORTS, describe
from amq2.notebook.execute import SECONDS_TO_ANSWER, STOPPED, ExecuteExercises


def imports_of(unit: str, db_url: str) -> str:
    """El código de la celda de importaciones de una unidad, como está en el gradebook.

    Corre sin encierro, así que nunca se toma de una entrega.
    """
    with Gradebook(db_url) as gradebook:
        cells = gradebook.find_notebook(unit, unit).source_cells
        return next((cell.source for cell in cells if cell.name == IMPORTS), "")


class GradeExercises(ExecuteExercises):
    """Ejecuta una entrega encerrada y mira que no cambie aquello de lo que dependen sus pruebas."""

    nursery = Unicode(
        help="socket de un vivero con las importaciones hechas; sin él, se enciende uno"
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: KernelManager | None = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        self.first_photo: dict[str, object] | None = None
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
        if self.first_photo is None:
            self.first_photo = self._photo()
        if not is_grade(cell) or is_solution(cell):
            super()._execute(cell, resources, index)
            return
        self._look_for_changes(index)
        if self.stopped_by:
            return
        if (names := self._ask(shadowed_by(cell.source))) not in ("", "[]"):
            reason = (
                f"La prueba usa {names}, y el notebook le puso ese nombre a otra cosa: cambialo."
            )
            cell.metadata[STOPPED] = reason
            cell.outputs = [new_output("error", ename=STOPPED, evalue="", traceback=[])]
            return
        super()._execute(cell, resources, index)
        if not self.stopped_by:
            self._look_for_changes(index)

    def _look_for_changes(self, index: int) -> None:
        """Si algo de lo que dependen las pruebas cambió, lo que sigue no cuenta."""
        names = changed(self.first_photo or {}, self._photo() or {})
        if names and run_sync(self._is_alive)():
            self._stop(
                index,
                f"Para mirar a mano: la entrega cambió {', '.join(names[:5])}, de lo que dependen "
                f"sus pruebas. Desde {describe(self.nb.cells[index], index)} no se le dio puntos.",
            )

    async def _is_alive(self) -> bool:
        return bool(await ensure_async(self.km.is_alive()))

    def _photo(self) -> dict[str, object] | None:
        try:
            return photo_in(self._ask(PHOTO))
        except (ValueError, SyntaxError):
            return None

    def _ask(self, expression: str) -> str:
        """El valor de una expresión en el kernel, como lo escribe; vacío, si no contesta."""
        return run_sync(self._ask_kernel)(expression)

    async def _ask_kernel(self, expression: str) -> str:
        try:
            reply = await ensure_async(
                self.kc.execute(
                    "",
                    silent=True,
                    user_expressions={"it": " ".join(expression.split())},
                    reply=True,
                    timeout=SECONDS_TO_ANSWER,
                )
            )
        except (TimeoutError, RuntimeError):
            return ""
        value = reply["content"].get("user_expressions", {}).get("it", {})
        return str(value.get("data", {}).get("text/plain", ""))
