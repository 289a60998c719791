"""Ejecutar un notebook ajeno con límites: de tiempo, de memoria y de salida.

Es un paso de nbgrader, así que vale igual para `make check`, `make grade`, `nbgrader autograde` y
el botón del formgrader.
"""

import sys
import time
from collections.abc import Callable
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import ensure_async, run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer, List, Unicode, default

from amq2.notebook.cells import DEMO, IMPORTS, describe, grade_id_of, has_tag

NOTES = "amq2_notes"
"""Metadato del notebook con los avisos: `[grade_id, texto]`."""

FLAG = "Para mirar a mano: "
"""Así empieza el aviso de que algo en una entrega pide una persona, y no sólo puntos de menos."""

EVERYWHERE = ""
"""En un aviso, en lugar del identificador: vale para todos los ejercicios."""

STOPPED = "amq2_stopped"
"""Metadato de una celda que no llegó a correr: dice por qué."""

SECONDS_TO_IMPORT = 60
"""Lo que se le da a la celda de importaciones, que no es del estudiante y lee muchos archivos."""

INTERRUPTIONS = 2
SECONDS_TO_ANSWER = 4
"""Lo que se espera a que el kernel conteste después de cada interrupción."""

MEMORY_BYTES = 4 * 1024**3
MAX_OUTPUT_CHARACTERS = 100_000
MAX_ERROR_CHARACTERS = 5_000
OUTPUTS = ("stream", "display_data", "execute_result", "update_display_data", "error")
"""Los mensajes del kernel que dejan algo en la salida de una celda."""


def kernel_arguments(memory: int = MEMORY_BYTES) -> list[str]:
    """Las opciones del kernel; en Linux le ponen un tope de `memory` bytes."""
    arguments = ["--IPKernelApp.log_level=ERROR"]
    if sys.platform == "linux":
        limit = f"__import__('resource').setrlimit(9, ({memory}, {memory}))"
        arguments.append(f"--IPKernelApp.exec_lines={limit}")
    return arguments


class ExecuteExercises(Execute):
    """Ejecuta un notebook sin que una celda arruine al resto.

    Las celdas `demo` no se ejecutan. Si el kernel termina o se acaba el tiempo, lo que ya corrió
    cuenta y lo que falta queda sin puntos, con un aviso que dice en qué celda pasó. Lo que una
    respuesta escribe en stderr, o el número con que termina una prueba, no cambian los puntos.

    Raises:
        DeadKernelError: si el kernel se perdió y no por lo que hizo el notebook.
    """

    timeout = Integer(15, allow_none=True, help="segundos para una celda").tag(config=True)
    seconds_in_all = Integer(90, help="segundos para el notebook entero").tag(config=True)
    extra_arguments = List(kernel_arguments()).tag(config=True)
    # Ninguna etiqueta lleva coma: quien entrega no saltea una prueba con la suya.
    skip_cells_with_tag = Unicode(",")
    store_widget_state = Bool(False)

    @default("timeout_func")
    def _seconds_for(self) -> Callable[[NotebookNode], int | None]:
        return lambda cell: SECONDS_TO_IMPORT if grade_id_of(cell) == IMPORTS else self.timeout

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: KernelManager | None = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        self.stopped_by: str | None = None
        self.notes: list[list[str]] = []
        self.owners = _owners(nb)
        self.deadline = time.monotonic() + self.seconds_in_all
        nb, resources = super().preprocess(nb, resources, km)
        nb.metadata[NOTES] = [*nb.metadata.get(NOTES, []), *self.notes]
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        cell.metadata.pop(STOPPED, None)
        if cell.cell_type != "code" or (has_tag(cell, DEMO) and not grade_id_of(cell)):
            return cell, resources
        if not self.stopped_by and time.monotonic() > self.deadline:
            self._stop(
                index,
                f"El notebook pasó los {self.seconds_in_all} segundos antes de "
                f"{describe(cell, index)}: lo que sigue no se ejecutó.",
            )
        if not self.stopped_by:
            self._execute(cell, resources, index)
        if self.stopped_by:
            cell.metadata[STOPPED] = self.stopped_by
            cell.outputs = [new_output("error", ename=STOPPED, evalue="", traceback=[])]
        _keep_output_from_being_a_mark(cell)
        _shorten_errors(cell)
        return cell, resources

    def _stop(self, index: int, reason: str) -> None:
        self.stopped_by = reason
        self.notes.append([self.owners[index], reason])

    def _execute(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> None:
        self.printed = 0
        place = describe(cell, index)
        name = self.owners[index]
        try:
            super().preprocess_cell(cell, resources, index)
        except CellTimeoutError:
            is_alive = run_sync(self._insist_on_interrupting)()
            cell.outputs.append(new_output("error", **self.error_on_timeout))
        except (DeadKernelError, RuntimeError):
            is_alive = False
        else:
            is_alive = True
        if not is_alive:
            if getattr(self.km.provisioner, "is_lost", False):
                raise DeadKernelError("el kernel se perdió por una falla de la máquina")
            self._stop(
                index,
                f"El kernel terminó en {place}: lo anterior cuenta y lo que sigue no se ejecutó. "
                "Fijate si hay un os._exit, un exit o demasiada memoria.",
            )
        errors = {output.ename for output in cell.outputs if output.output_type == "error"}
        if "CellTimeoutError" in errors:
            self.notes.append(
                [name, f"{place.capitalize()} tardó más de {self.timeout} segundos y se cortó."]
            )
        if "MemoryError" in errors:
            self.notes.append([name, f"{place.capitalize()} pidió demasiada memoria."])
        if "SystemExit" in errors:
            self.notes.append([name, f"{place.capitalize()} llama a sys.exit: no tiene efecto."])
        if self.printed > MAX_OUTPUT_CHARACTERS:
            self.notes.append([name, f"{place.capitalize()} escribió demasiado: se cortó."])

    async def _insist_on_interrupting(self) -> bool:
        """Interrumpe otra vez la celda que no se dio por enterada; dice si el kernel contesta.

        Python descarta la excepción de una interrupción que cae dentro de un finalizador, y la
        celda sigue: a un bucle de pedidos HTTP le pasa cada tanto.
        """
        for _ in range(INTERRUPTIONS):
            try:
                await ensure_async(self.km.interrupt_kernel())
                await ensure_async(self.kc.kernel_info(reply=True, timeout=SECONDS_TO_ANSWER))
            except (TimeoutError, RuntimeError):
                continue
            return True
        return False

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Deja pasar la salida de una celda hasta un tope; lo que sigue se descarta.

        Un error siempre queda: es lo que dice que una prueba no pasó.
        """
        content, kind = msg["content"], msg["msg_type"]
        if kind.startswith("comm"):  # los widgets: no hacen falta para corregir
            return None
        if kind in OUTPUTS:
            self.printed += len(str(content))
            content.pop("transient", None)  # con él, una salida cambiaría muchas de antes
            has_error = any(output.output_type == "error" for output in cell.outputs)
            if self.printed > MAX_OUTPUT_CHARACTERS and (kind != "error" or has_error):
                return None
        return super().process_message(msg, cell, cell_index)


def _owners(nb: NotebookNode) -> list[str]:
    """A nombre de qué celda va el aviso de cada una: la suya o la próxima de un ejercicio."""
    names = [grade_id_of(cell) for cell in nb.cells]
    return [next(filter(None, names[index:]), EVERYWHERE) for index in range(len(names))]


def _keep_output_from_being_a_mark(cell: NotebookNode) -> None:
    """nbgrader da cero si algo va a stderr, y toma por nota el último valor de una celda."""
    for output in cell.outputs:
        if output.output_type == "stream":
            output.name = "stdout"
        elif output.output_type == "execute_result":
            output.output_type = "display_data"
            del output["execution_count"]


def _shorten_errors(cell: NotebookNode) -> None:
    """El texto de un error lo elige quien lo levanta, y puede pesar lo que quiera."""
    for output in cell.outputs:
        if output.output_type == "error":
            output.ename = output.ename[:MAX_ERROR_CHARACTERS]
            output.evalue = output.evalue[:MAX_ERROR_CHARACTERS]
            output.traceback = [line[:MAX_ERROR_CHARACTERS] for line in output.traceback[:100]]
