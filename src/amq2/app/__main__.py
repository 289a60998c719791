"""`make app`: la pantalla en esta máquina, hasta Ctrl-C."""

import os
import secrets
import sys
import threading

from amq2.app import ApiScorer, LocalScorer, Scorer, create_screen, launch_options
from amq2.ports import free_port_or_exit
from amq2.proxied import proxied_path, public_url
from amq2.settings import HOST, PORTS


def main() -> None:
    """Lee la configuración, publica la pantalla y espera; cada error es un renglón.

    Variables de entorno: APP_PORT; APP_USERS, «ana:clave,beto:otra»; API_URL y API_KEY, para
    pedirle los puntajes a la API en lugar de calcularlos acá. Si se llega a través de otro
    servidor, GRADIO_ROOT_PATH es el prefijo; el de JupyterLab lo encuentra `amq2.proxied`.
    """
    port = free_port_or_exit(os.environ.get("APP_PORT") or str(PORTS["App"]), "make app APP_PORT")
    users = _users(os.environ.get("APP_USERS", ""))
    screen = create_screen(_scorer(os.environ.get("API_URL", ""), os.environ.get("API_KEY", "")))
    screen.launch(
        server_name=HOST,
        server_port=port,
        prevent_thread_lock=True,
        quiet=True,
        inline=False,
        root_path=proxied_path(port) or None,
        **launch_options(users),
    )
    print(f"La aplicación está en {public_url(str(screen.local_url))}", flush=True)
    try:
        threading.Event().wait()  # el `block_thread` de Gradio se despide en inglés
    except KeyboardInterrupt:
        print("\nSe apaga la aplicación.", flush=True)
    screen.close(verbose=False)


def _scorer(url: str, key: str) -> Scorer:
    if not url:
        return LocalScorer()
    if not key:
        sys.exit("Con API_URL hace falta API_KEY: la clave que mostró make api al arrancar.")
    return ApiScorer(url, key)


def _users(text: str) -> dict[str, str]:
    if not text:
        password = secrets.token_urlsafe(9)
        print(f"Usuario de esta corrida: banco. Clave: {password}", flush=True)
        return {"banco": password}
    users = dict(pair.strip().partition(":")[::2] for pair in text.split(","))
    if not all(user and password for user, password in users.items()):
        sys.exit("APP_USERS no se entiende: va como APP_USERS='ana:una-clave,beto:otra'.")
    return users


if __name__ == "__main__":
    main()
