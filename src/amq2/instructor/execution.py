"""El paso de nbgrader que ejecuta una entrega, encerrada y con las importaciones ya hechas.

Vale igual para `make grade`, para `nbgrader autograde` y para el botón del formgrader.
"""

import os
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from traitlets import Unicode

from amq2.isolation.level import is_isolated
from amq2.isolation.nurseries import nursery_for
from amq2.isolation.provisioner import KERNEL, NURSERY, kernel_specs
from amq2.notebook.cells import IMPORTS
from amq2.notebook.execute import ExecuteExercises


def imports_of(unit: str, db_url: str) -> str:
    """El código de la celda de importaciones de una unidad, como está en el gradebook.

    Corre sin encierro, así que nunca se toma de una entrega.
    """
    with Gradebook(db_url) as gradebook:
        cells = gradebook.find_notebook(unit, unit).source_cells
        return next((cell.source for cell in cells if cell.name == IMPORTS), "")


class GradeExercises(ExecuteExercises):
    """Ejecuta una entrega encerrada; si ya se ejecutó, toma el notebook que quedó."""

    executed_directory = Unicode(
        help="carpeta con los notebooks ya ejecutados, <estudiante>/<unidad>/<unidad>.ipynb"
    ).tag(config=True)
    nursery = Unicode(
        help="socket de un vivero con las importaciones hechas; sin él, se enciende uno"
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: KernelManager | None = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        about = resources["nbgrader"]
        if self.executed_directory:
            folder = Path(self.executed_directory) / about["student"] / about["assignment"]
            executed = nbformat.read(folder / f"{about['notebook']}.ipynb", as_version=4)
            return executed, resources
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
