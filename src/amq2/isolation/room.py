"""El encierro de un kernel: qué ve, dónde escribe y cuánto puede gastar."""

import ctypes
import os
import resource
import select
import shutil
import signal
import site
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from amq2.isolation import namespaces, syscalls

FIRST_FREE_USER = 2_000_000_000
"""Si quien corrige es root, cada kernel es otro usuario, que no existe: a root no lo frena nada."""


_HIDDEN = shutil.ignore_patterns("*.ipynb")
"""Lo que no se copia: el notebook que se corrige tiene las pruebas ocultas."""


@dataclass(frozen=True)
class Limits:
    """Lo que puede gastar un kernel con todo lo que lance.

    Attributes:
        memory: bytes de cada proceso, y de todos juntos.
        processes: procesos a la vez.
        files: bytes del archivo más grande.
        open: archivos y sockets abiertos de cada proceso: cada uno guarda memoria del sistema.
        disk: megabytes de su carpeta temporal, que está en memoria.
    """

    memory: int = 4 * 1024**3
    processes: int = 200
    files: int = 256 * 1024**2
    open: int = 1024
    disk: int = 512


@dataclass(frozen=True)
class Room:
    """Un encierro.

    Attributes:
        work: la carpeta en la que arranca el kernel; adentro hay una copia, sin notebooks.
        sockets: la carpeta por la que habla con quien corrige: la única que comparten.
        belongings: carpetas que dejaron los módulos al cargarse; cada kernel tiene una copia.
    """

    work: Path
    sockets: Path
    belongings: Sequence[Path] = ()
    limits: Limits = field(default_factory=Limits)


def readable() -> list[Path]:
    """Lo que hace falta para que Python ande: el sistema, el entorno y los módulos del curso."""
    import amq2

    source = Path(amq2.__file__).parents[1]
    system = [Path("/") / name for name in ("bin", "lib", "lib32", "lib64", "sbin", "usr")]
    etc = [Path("/etc") / name for name in ("ssl", "fonts", "localtime", "ld.so.cache", "passwd")]
    python = [Path(sys.prefix), Path(sys.base_prefix), source, source.with_name("dags")]
    python += [Path(folder) for folder in site.getsitepackages()]
    found = sorted({path for path in [*system, *etc, *python] if path.exists()})
    return [path for path in found if not any(other in path.parents for other in found)]


def shut_in(room: Room, root: Path) -> int:
    """Encierra este proceso y se bifurca: lo que sigue lo hace el hijo, que ya está adentro.

    Args:
        room: el encierro.
        root: una carpeta vacía, de paso.

    Returns:
        0 en el hijo; en el padre, el número del hijo visto desde afuera.

    Raises:
        OSError: si el sistema no lo permite.
    """
    die_with_parent()
    user = FIRST_FREE_USER + os.getpid()
    copies = [(path, root / path.relative_to("/")) for path in (room.work, *room.belongings)]
    namespaces.leave_everything()
    namespaces.empty_root(root, room.limits.disk)
    namespaces.show(readable(), root)
    for source, inside in copies:
        shutil.copytree(source, inside, symlinks=True, ignore=_HIDDEN, dirs_exist_ok=True)
    if os.getuid() == 0:
        _give([room.sockets, *(inside for _, inside in copies)], user)
    namespaces.show([room.sockets], root, writable=True)
    watcher = os.pidfd_open(os.getpid())
    if child := os.fork():
        os.close(watcher)
        return child
    namespaces.enter(root)
    namespaces.give_up_powers(user)
    die_with_parent()  # después: cambiar de usuario lo borra
    if select.select([watcher], [], [], 0)[0]:  # murió antes; adentro, getppid() siempre da 0
        os._exit(1)
    os.close(watcher)
    _limit(room.limits)
    syscalls.forbid()
    os.chdir(room.work)
    return 0


def close(room: Room) -> None:
    """Deja la carpeta compartida sólo para leer: si no, por ahí se llenaría el disco de afuera."""
    namespaces.make_read_only(room.sockets)


def _give(folders: Sequence[Path], user: int) -> None:
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, user, user, follow_symlinks=False)


def die_with_parent(parent: int | None = None) -> None:
    """Desde ahora, si muere el proceso que lanzó a este, este también (SIGKILL). Sólo en Linux.

    Args:
        parent: su número; si ya había muerto, este termina acá.
    """
    ctypes.CDLL(None).prctl(syscalls.PARENT_DIED, signal.SIGKILL, 0, 0, 0)
    if parent and os.getppid() != parent:
        os._exit(1)


def _limit(limits: Limits) -> None:
    for what, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_NPROC, limits.processes),
        (resource.RLIMIT_FSIZE, limits.files),
        (resource.RLIMIT_NOFILE, limits.open),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def main(folder: Path) -> None:
    """Prueba en una carpeta vacía si esta máquina deja encerrar un proceso; si no, `OSError`."""
    root, work, sockets = (folder / name for name in ("raiz", "trabajo", "z"))
    for path in (root, work, sockets):
        path.mkdir()
    room = Room(work, sockets)
    if child := shut_in(room, root):
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        close(room)
        sys.exit(code)
    os._exit(0)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except OSError as error:
        sys.exit(str(error))
