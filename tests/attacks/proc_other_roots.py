"""Llega al curso por /proc: la raíz, la carpeta y los mapas de otros procesos."""

import glob

found = []
for path in glob.glob("/proc/[0-9]*"):
    for way in ("root", "cwd", "task/1/root"):
        try:
            with open(f"{path}/{way}{COURSE}/gradebook.db", "rb") as file:
                found.append(file.name)
        except OSError:
            pass
pids = glob.glob("/proc/[0-9]*")
say(f"LOGRADO: {found}" if found else f"ve {len(pids)} proceso(s), y por ninguno llega")
