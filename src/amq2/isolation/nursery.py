"""El vivero: un proceso que ya importó los módulos y, por cada kernel que le piden, se bifurca.

Importar scikit-learn, FastAPI o Airflow tarda segundos; una copia de quien ya los importó tarda
milésimas. El vivero corre sólo código del curso. Cada kernel es un hijo suyo, encerrado.

Se le habla por un socket: un pedido por conexión, en un renglón de JSON, y contesta con otro. La
conexión queda abierta mientras viva el kernel, y al final trae su código de salida.
"""

import gc
import json
import os
import random
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from amq2.isolation.room import Limits, Room, shut_in

READY = "listo"


def main(address: str, code: str) -> None:
    """Ejecuta `code`, que importa lo que haga falta, y atiende pedidos hasta que la maten."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    belongings = Path(tempfile.mkdtemp(prefix="amq2-vivero-"))
    tempfile.tempdir = str(belongings)
    os.environ["TMPDIR"] = str(belongings)
    warm_up(code)
    server = socket.socket(socket.AF_UNIX)
    server.bind(address)
    server.listen(64)
    print(READY, flush=True)
    while True:
        connection, _ = server.accept()
        if os.fork() == 0:
            server.close()
            raise_kernel(connection, belongings)
        connection.close()


def warm_up(code: str) -> None:
    """Importa el kernel y lo que diga `code`, y deja la memoria lista para compartir."""
    import ipykernel.ipkernel
    import ipykernel.kernelapp  # noqa: F401

    exec(compile(code, "importaciones", "exec"), {"__name__": "importaciones"})
    if "airflow.settings" in sys.modules:
        _let_go_of_airflow()
    gc.collect()
    gc.freeze()
    extra = [thread.name for thread in threading.enumerate()[1:]]
    if extra:
        print(f"hilos que los kernels no van a tener: {', '.join(extra)}", file=sys.stderr)


def _let_go_of_airflow() -> None:
    """Lo que no se comparte entre procesos: las conexiones a su base y el hilo de su API."""
    from airflow import settings
    from airflow.sdk.execution_time.supervisor import in_process_api_server

    in_process_api_server.cache_clear()
    settings.engine.dispose()


def raise_kernel(connection: socket.socket, belongings: Path) -> None:
    """Encierra este proceso, arranca el kernel y, cuando termina, cuenta cómo; no vuelve."""
    request: dict[str, Any] = json.loads(connection.makefile().readline())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    room = Room(
        Path(request["work"]), Path(request["sockets"]), [belongings], Limits(**request["limits"])
    )
    child = shut_in(room, Path(request["root"]))
    if child:
        connection.sendall(json.dumps({"pid": child}).encode() + b"\n")
        _, status = os.waitpid(child, 0)
        connection.sendall(json.dumps({"exit": os.waitstatus_to_exitcode(status)}).encode() + b"\n")
        os._exit(0)
    connection.close()
    os.setsid()
    run_kernel(request)


def run_kernel(request: dict[str, Any]) -> None:
    """Arranca ipykernel en este proceso, ya encerrado."""
    from ipykernel.kernelapp import IPKernelApp

    os.environ.update(request["env"])
    random.seed()
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()
    IPKernelApp.launch_instance(argv=["-f", request["connection_file"], *request["arguments"]])
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
