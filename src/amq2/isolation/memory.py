"""La memoria de todos los procesos de un encierro, sumada.

El tope de `setrlimit` es de cada proceso: cien procesos tienen cien topes.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def uses_more_than(limit: int) -> bool:
    """Si los procesos que se ven en `/proc` ocupan, entre todos, más de `limit` bytes.

    Lo que comparten, como los módulos que importó el vivero, se cuenta una vez.
    """
    # Contarlo de más es barato; sólo si así no alcanza se hace la cuenta justa.
    return sum(map(_resident, _processes())) > limit and sum(map(_share, _processes())) > limit


def _processes() -> Iterator[Path]:
    return (path for path in Path("/proc").iterdir() if path.name.isdigit())


def _resident(process: Path) -> int:
    """Lo que ocupa, también lo que comparte: `man 5 proc_pid_statm`."""
    with suppress(OSError):
        return int((process / "statm").read_text().split()[1]) * _PAGE
    return 0


def _share(process: Path) -> int:
    """Lo que ocupa, con su parte de lo que comparte: `man 5 proc_pid_smaps`.

    Un proceso puede no dejarlo ver (`man 2 PR_SET_DUMPABLE`): se le cuenta todo.
    """
    try:
        lines = (process / "smaps_rollup").read_text().splitlines()
    except PermissionError:
        return _resident(process)
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
