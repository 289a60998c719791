"""`make api`: el servicio en esta máquina, hasta Ctrl-C."""

import contextlib
import gc
import os
import secrets
import sys
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError

from amq2.api import Settings, create_app
from amq2.api.app import load_model
from amq2.guarded import GuardedProtocol
from amq2.model import ModelError
from amq2.ports import listen_or_exit
from amq2.proxied import behind_proxy, public_url
from amq2.settings import HOST, PORTS

PATIENCE = 10
"""Segundos que se espera, al apagar, a los pedidos que ya empezaron."""

LOGS = str(Path(__file__).with_name("logs.json"))
"""Los registros: un objeto JSON por renglón; lo que va en `extra` es un campo más."""

# Con otro `ws`, un pedido de WebSocket, que acá no hay, no pasaría por la aplicación.
OPTIONS: Any = {"http": GuardedProtocol, "ws": "none", "access_log": False, "proxy_headers": False}
"""Cómo la atiende uvicorn, acá y en las mediciones."""


def main() -> None:
    """Lee la configuración, toma el puerto y atiende; cada error es un renglón."""
    has_a_key = bool(os.environ.get("API_KEY"))
    if not has_a_key:
        os.environ["API_KEY"] = secrets.token_urlsafe(18)
    try:
        settings = Settings()  # type: ignore[call-arg] # vienen del entorno
        app = create_app(settings, load_model(settings))
    except ValidationError as error:
        names = ", ".join(str(one["loc"][0]).upper() for one in error.errors())
        sys.exit(f"Estas variables no sirven: {names}. En src/amq2/api/settings.py dice qué son.")
    except (ArgumentError, ModuleNotFoundError) as error:
        sys.exit(f"DATABASE_URL no sirve: {error}. Probá con sqlite:///applicants.db")
    except ModelError as error:
        sys.exit(str(error))
    listener = listen_or_exit(os.environ.get("API_PORT") or str(PORTS["API"]), "make api API_PORT")
    if not has_a_key:
        print(f"Clave de esta corrida, para X-API-Key: {os.environ['API_KEY']}")
    docs = public_url(f"http://{HOST}:{listener.getsockname()[1]}/docs")
    print(f"La API está en {docs}: apretá Authorize.")
    GuardedProtocol.seconds = settings.client_seconds
    gc.collect()
    gc.freeze()  # así el recolector no revisa de nuevo todo lo importado: 100 ms sin atender
    served = behind_proxy(app)
    config = uvicorn.Config(served, log_config=LOGS, timeout_graceful_shutdown=PATIENCE, **OPTIONS)
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn ya terminó lo que había empezado
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
