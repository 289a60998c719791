"""`make outputs`: ejecuta un máster en un kernel nuevo y guarda sus salidas."""

from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from tqdm import tqdm

from amq2.instructor.course import CourseError, chosen_units, command_line, master

SECONDS_A_CELL = 120


def run_master(path: Path) -> NotebookNode:
    """Ejecuta un notebook de arriba a abajo, con una barra que dice por qué celda va.

    Returns:
        El notebook con las salidas de la corrida y sin rastros de la máquina.

    Raises:
        CourseError: si una celda termina con error, tarda de más o termina el kernel; dice por qué.
    """
    notebook = nbformat.read(path, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    with tqdm(total=len(code), desc=path.stem, unit="celda") as progress:
        client = NotebookClient(
            notebook,
            timeout=SECONDS_A_CELL,
            record_timing=False,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],
            resources={"metadata": {"path": str(path.parent)}},
            on_cell_executed=lambda **_: progress.update(),
        )
        try:
            client.execute()
        except CellExecutionError as error:
            raise CourseError(f"{path.name} no corre: {error.ename}: {error.evalue}") from None
        except (CellTimeoutError, DeadKernelError) as error:
            raise CourseError(f"{path.name} no corre: {str(error).splitlines()[0]}") from None
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return notebook


def main(arguments: Sequence[str]) -> int:
    """Renueva las salidas de las unidades pedidas, o de todas."""
    for unit in chosen_units(arguments):
        path = master(unit)
        nbformat.write(run_master(path), path)
    return 0


if __name__ == "__main__":
    command_line(main)
