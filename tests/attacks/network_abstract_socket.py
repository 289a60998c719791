"""Se conecta a un socket abstracto de la máquina, que no está en ninguna carpeta."""

import socket

with socket.socket(socket.AF_UNIX) as one:
    try:
        one.connect(f"\0{ABSTRACT}")
        say("LOGRADO: conectado")
    except OSError as error:
        say(error.strerror)
