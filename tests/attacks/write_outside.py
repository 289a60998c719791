"""Escribe en el curso, en el entorno de Python, en la casa y en el sistema."""

import os
import sys

from ipykernel import get_connection_file

done = []
for place in (
    COURSE,
    REPO,
    f"{REPO}/src/amq2",
    HOME,
    sys.prefix,
    sys.base_prefix,
    "/",
    "/etc",
    "/usr/lib",
    "/proc/sys/kernel",
    os.path.dirname(get_connection_file()),
):
    try:
        os.makedirs(place, exist_ok=True) if place in (COURSE, HOME) else None
        with open(f"{place}/{MARK}", "w") as file:
            file.write("hola")
        done.append(place)
    except OSError:
        pass
inside = [place for place in done if os.stat(place).st_dev == os.stat("/tmp").st_dev]
say(f"LOGRADO: {done}" if len(done) > len(inside) else f"sólo en su raíz en memoria: {inside}")
