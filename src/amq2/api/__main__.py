"""`make api`: el servicio en esta máquina, hasta Ctrl-C."""

import contextlib
import errno
import os
import secrets
import socket
import sys

import uvicorn
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from amq2.api import Settings, create_app, logs
from amq2.api.app import load_model
from amq2.api.protocol import GuardedProtocol
from amq2.model import ModelError
from amq2.settings import HOST, PORTS

LAST_PORT = 65_535
SHUTDOWN_SECONDS = 10
"""Cuánto se espera, al apagar, a los pedidos que ya empezaron."""


class PortError(Exception):
    """El puerto no sirve. Su texto es un renglón con el comando que anda."""


def main() -> None:
    """Lee la configuración, toma el puerto y atiende; cada error es un renglón."""
    if not os.environ.get("API_KEY"):
        os.environ["API_KEY"] = secrets.token_urlsafe(18)
        print(f"Clave de esta corrida, para X-API-Key: {os.environ['API_KEY']}", flush=True)
    try:
        settings = Settings()  # type: ignore[call-arg] # vienen del entorno
        app = create_app(settings, load_model(settings))
        listener = listen(os.environ.get("API_PORT") or str(PORTS["API"]))
    except ValidationError as error:
        names = ", ".join(str(one["loc"][0]).upper() for one in error.errors())
        sys.exit(f"Estas variables no sirven: {names}. Fijate qué es cada una en api/settings.py.")
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        sys.exit(f"DATABASE_URL no sirve: {error}. Probá con sqlite:///applicants.db")
    except (ModelError, PortError) as error:
        sys.exit(str(error))
    print(f"La API está en http://{HOST}:{listener.getsockname()[1]}/docs", flush=True)
    logs.configure()
    GuardedProtocol.seconds = settings.client_seconds
    config = uvicorn.Config(
        app,
        http=GuardedProtocol,
        ws="none",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn ya terminó lo que había empezado
        uvicorn.Server(config).run(sockets=[listener])


def listen(port: str) -> socket.socket:
    """Un socket que escucha en ese puerto; lo toma antes de arrancar, así se sabe si está libre.

    Raises:
        PortError: si no es un puerto, o si no se puede usar.
    """
    if not port.isdecimal() or not 0 < int(port) <= LAST_PORT:
        raise PortError(f"API_PORT={port} no es un puerto: probá con make api API_PORT=8001")
    try:
        return _bound(int(port))
    except OSError as error:
        is_taken = error.errno == errno.EADDRINUSE
        reason = "lo usa otro programa" if is_taken else "no te lo da el sistema"
    for other in range(PORTS["API"] + 1, LAST_PORT):
        with contextlib.suppress(OSError), _bound(other):
            raise PortError(f"El puerto {port} {reason}. Usá otro: make api API_PORT={other}")
    raise PortError(f"El puerto {port} {reason}, y no hay otro libre.")


def _bound(port: int) -> socket.socket:
    # Sin `proto`, asyncio no apaga el algoritmo de Nagle y las respuestas chicas esperan 40 ms.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener


if __name__ == "__main__":
    main()
