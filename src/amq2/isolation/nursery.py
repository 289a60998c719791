"""El vivero: un proceso que ya importó los módulos y, por cada kernel que le piden, se bifurca.

Importar scikit-learn, FastAPI o Airflow tarda segundos; una copia de quien ya los importó tarda
milésimas. El vivero corre sólo código del curso. Cada kernel es un hijo suyo, encerrado.

Se le habla por un socket: un pedido por conexión, en un renglón de JSON, y contesta con otro. La
conexión queda abierta mientras viva el kernel, y al final trae su código de salida; si quien lo
pidió la cierra antes, el kernel se termina.
"""

import contextlib
import gc
import json
import os
import random
import select
import shutil
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

from amq2.isolation.memory import uses_more_than
from amq2.isolation.room import Limits, Room, close, shut_in

READY = "listo"
IDLE_SECONDS = 900
"""Sin pedidos durante este tiempo, se apaga: ninguna entrega dura tanto."""

SECONDS_BETWEEN_LOOKS = 0.2
"""Cada cuánto se mira la memoria de un kernel con todo lo que lanzó."""

_never_closed: list[object] = []
"""La API de Airflow que ya anduvo: si nadie la tuviera, Airflow la cerraría."""


def main(folder: Path) -> None:
    """Ejecuta el código que le llega, que importa lo que haga falta, y atiende pedidos.

    Le llega por su entrada, en un renglón de JSON: los argumentos de un proceso los ve cualquiera
    de sus copias, y ahí está lo que usan las pruebas ocultas. Termina cuando su entrada se cierra,
    es decir, cuando termina quien lo encendió.
    """
    belongings = folder / "cosas"
    belongings.mkdir()
    warm_up(json.loads(sys.stdin.readline()))
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "vivero"))
        server.listen(64)
        print(READY, flush=True)
        _forget(1)
        while server in select.select([server, sys.stdin], [], [], IDLE_SECONDS)[0]:
            connection, _ = server.accept()
            try:
                is_copy = os.fork() == 0
            except OSError as error:  # sin memoria o sin procesos: el próximo quizá pueda
                _tell(connection, error=str(error))
                is_copy = False
            if is_copy:
                server.close()
                raise_kernel(connection, belongings)
            connection.close()
            _bury()


def _bury() -> None:
    """Se despide de los kernels que terminaron; lo que gastaron queda a nombre del vivero."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def warm_up(code: str) -> None:
    """Importa el kernel y lo que diga `code`, y deja la memoria lista para compartir."""
    import ipykernel.debugger  # si no, lo importaría cada kernel al arrancar, y es lo más largo
    import ipykernel.ipkernel
    import ipykernel.kernelapp  # noqa: F401

    exec(compile(code, "importaciones", "exec"), {"__name__": "importaciones"})
    if "airflow.settings" in sys.modules:
        _let_go_of_airflow()
    gc.collect()
    gc.freeze()


def _let_go_of_airflow() -> None:
    """Lo que no se comparte entre procesos: las conexiones a su base y el hilo de su API.

    Si ya hay una API, se conserva armada para la de cada kernel, que tardaría segundos en armarla.
    La que anduvo no se cierra, porque cerraría también lo que la otra necesita.
    """
    from airflow import settings
    from airflow.sdk.execution_time.supervisor import in_process_api_server

    if in_process_api_server.cache_info().currsize:
        used = in_process_api_server()
        loop = used.transport.app.loop
        loop.call_soon_threadsafe(loop.stop)
        for thread in threading.enumerate():
            if thread.name.startswith("InProcessExecutionAPI"):
                thread.join()
        _never_closed.append(used)
        in_process_api_server.cache_clear()
        in_process_api_server()._app = used.app
    if settings.engine:
        settings.engine.dispose()


def raise_kernel(connection: socket.socket, belongings: Path) -> NoReturn:
    """Encierra este proceso, arranca el kernel y, cuando termina, cuenta cómo; no vuelve."""
    try:
        request: dict[str, Any] = json.loads(connection.makefile().readline())
        limits = Limits(**request["limits"])
        room = Room(Path(request["work"]), Path(request["sockets"]), [belongings], limits)
        waits, tells = os.pipe()
        if child := shut_in(room, Path(request["root"])):
            os.close(tells)
            os.read(waits, 1)  # hasta que el kernel tenga sus sockets, o termine
            close(room)
            _tell(connection, pid=child)
            _tell(connection, exit=_outcome(child, connection, limits.memory))
        else:
            connection.close()
            _forget(0, 2)
            os.setsid()
            os.close(waits)
            run_kernel(request, tells)
    except OSError as error:
        _tell(connection, error=str(error))
    finally:
        os._exit(0)


def _forget(*standard: int) -> None:
    """Cambia la entrada o las salidas por `/dev/null`."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in standard:
        os.dup2(nothing, number)
    os.close(nothing)


def _tell(connection: socket.socket, **answer: object) -> None:
    with contextlib.suppress(OSError):
        connection.sendall(json.dumps(answer).encode() + b"\n")


def _outcome(child: int, connection: socket.socket, memory: int) -> int:
    """Espera a que termine el kernel, a que se exceda o a que nadie lo quiera; dice cómo salió."""
    ended = os.pidfd_open(child)
    watched: list[int] = []
    try:
        while not watched and not uses_more_than(memory):
            watched = select.select([ended, connection.fileno()], [], [], SECONDS_BETWEEN_LOOKS)[0]
    finally:
        os.kill(child, signal.SIGKILL)  # si ya terminó, no cambia cómo
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def run_kernel(request: dict[str, Any], tells: int) -> None:
    """Arranca ipykernel en este proceso, ya encerrado, y avisa por `tells` cuando atiende."""
    from ipykernel.kernelapp import IPKernelApp

    os.environ.update(request["env"])
    random.seed()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()
    app = IPKernelApp.instance()
    app.initialize(request["arguments"])
    os.close(tells)
    app.start()


if __name__ == "__main__":
    place = Path(sys.argv[1])
    with contextlib.suppress(BrokenPipeError):  # mataron a quien lo encendió mientras importaba
        main(place)
    shutil.rmtree(place, ignore_errors=True)  # si a quien lo encendió lo mataron, no la borra nadie
    os._exit(0)  # una salida común esperaría por la API que ya no tiene su hilo
