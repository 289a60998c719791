"""Hablarle a un servicio por un socket, para mandarle lo que una biblioteca no manda."""

import socket
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPResponse

from tests.api_server import GIVE_UP


@dataclass(frozen=True)
class Answer:
    """Una respuesta.

    Attributes:
        status: el código de estado.
        headers: los encabezados, con el nombre en minúsculas.
        body: el cuerpo.
    """

    status: int
    headers: dict[str, str]
    body: bytes


def connect(port: int, *, receive_buffer: int | None = None) -> socket.socket:
    """Una conexión con el servicio.

    Args:
        port: el puerto.
        receive_buffer: bytes que el sistema guarda antes de que leamos, para leer despacio.
    """
    client = socket.socket()
    if receive_buffer:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    client.settimeout(GIVE_UP)
    try:
        client.connect(("127.0.0.1", port))
    except OSError:
        client.close()
        raise
    return client


def read_answer(client: socket.socket) -> Answer:
    """Lee una respuesta entera."""
    with closing(HTTPResponse(client)) as response:
        response.begin()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, headers, response.read())


def exchange(port: int, message: bytes) -> Answer:
    """Manda esos bytes por una conexión nueva y lee lo que contesten."""
    with connect(port) as client:
        client.sendall(message)
        return read_answer(client)
