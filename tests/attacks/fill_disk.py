"""Escribe hasta que no entra más, en cada carpeta donde puede."""

import os

from ipykernel import get_connection_file

total = 0
for place in ("/tmp", "/dev/shm", os.getcwd(), os.path.dirname(get_connection_file())):
    try:
        for number in range(30):
            with open(f"{place}/{MARK}{number}", "wb") as file:
                file.write(bytes(100 * 2**20))
                total += 100 * 2**20
    except OSError as error:
        last = error.strerror
say(f"LOGRADO: {total // 2**20} MB" if total > 600 * 2**20 else f"{total // 2**20} MB; {last}")
