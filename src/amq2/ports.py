"""El puerto que pide un comando: `make api API_PORT=8001`."""

import socket
import sys

from amq2.serving import listen


def listen_or_exit(port: str, setting: str) -> socket.socket:
    """Un socket que escucha en ese puerto; si no se puede, termina el programa con un renglón.

    Args:
        port: el número, tal como vino.
        setting: cómo se elige otro, por ejemplo `make api API_PORT`.
    """
    try:
        return listen(int(port))
    except (OSError, ValueError, OverflowError):
        with listen() as other:
            free = other.getsockname()[1]
        sys.exit(f"El puerto {port} no se puede usar. Probá con: {setting}={free}")


def free_port_or_exit(port: str, setting: str) -> int:
    """Un puerto que está libre ahora; véase `listen_or_exit`."""
    with listen_or_exit(port, setting) as listener:
        return int(listener.getsockname()[1])
