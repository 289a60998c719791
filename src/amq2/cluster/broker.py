"""Redis como *broker*: la cola en la que el scheduler deja tareas y de la que sacan los workers.

No guarda nada en el disco. Si se apaga con tareas en la cola, Airflow, que las tiene anotadas en
su base, ve que nadie las empieza y las encola otra vez.
"""

import os
import shutil
from pathlib import Path

import redis

from amq2.orchestrator.parts import Component
from amq2.settings import HOST

INSTALL = "sudo apt install redis-server (en macOS, brew install redis)"


def find_program() -> str | None:
    """La ruta de redis-server, o None si no está instalado."""
    return shutil.which("redis-server", path=f"{os.environ.get('PATH', '')}:/opt/homebrew/bin")


def server(program: str, folder: Path, port: int, password: str) -> Component:
    """El servidor: escucha en esta máquina y pide la clave, que no se ve al listar procesos."""
    lines = [f"bind {HOST}", f"port {port}", f"requirepass {password}", 'save ""', "appendonly no"]
    settings = folder / "redis.conf"
    settings.touch(mode=0o600)
    settings.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Component("redis", [program, str(settings)])


def url(password: str, port: int) -> str:
    """Su dirección, como la escribe Celery."""
    return f"redis://:{password}@{HOST}:{port}/0"


def answers(address: str) -> bool:
    """Si hay un servidor que contesta en esa dirección."""
    with redis.Redis.from_url(address, socket_timeout=5) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False
