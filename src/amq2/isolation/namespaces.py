"""Encerrar este proceso con lo que da Linux: namespaces de usuario, montajes, procesos y red.

Son llamadas al sistema, con ctypes: el proceso ya tiene cargado lo que va a usar, y un programa
aparte (bubblewrap) tendría que empezar de cero. Ver `man 7 namespaces`, `man 2 mount` y
`man 2 pivot_root`.
"""

import contextlib
import ctypes
import fcntl
import os
import platform
import socket
import struct
from collections.abc import Iterable
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)

NEW_MOUNTS, NEW_UTS, NEW_IPC = 0x00020000, 0x04000000, 0x08000000
NEW_USER, NEW_PROCESSES, NEW_NETWORK = 0x10000000, 0x20000000, 0x40000000
EVERYTHING = NEW_MOUNTS | NEW_UTS | NEW_IPC | NEW_PROCESSES | NEW_NETWORK

READ_ONLY, NO_SUID, NO_DEVICES, REMOUNT, BIND, RECURSIVE, PRIVATE = (
    0x1, 0x2, 0x4, 0x20, 0x1000, 0x4000, 0x40000,
)  # fmt: skip
DETACH = 2
NO_NEW_PRIVILEGES, DROP_CAPABILITY = 38, 24
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
DEVICES = ("null", "zero", "full", "random", "urandom")
"""Los dispositivos que ve quien está encerrado."""

NOBODY = 1000
"""El número de usuario adentro: no es root, ni acá ni afuera."""


def leave_everything() -> None:
    """Separa este proceso, de un solo hilo, de los demás: sus hijos quedan encerrados con él.

    Raises:
        OSError: si el sistema no lo permite.
    """
    user, group = os.getuid(), os.getgid()
    # root ya puede; los demás pueden adentro de un namespace de usuario propio.
    _check(_libc.unshare(EVERYTHING | (NEW_USER if user else 0)), "unshare")
    if user:
        own = Path("/proc/self")
        (own / "setgroups").write_text("deny")
        (own / "uid_map").write_text(f"{NOBODY} {user} 1")
        (own / "gid_map").write_text(f"{NOBODY} {group} 1")
    mount(None, Path("/"), None, RECURSIVE | PRIVATE)
    _raise_loopback()


def empty_root(root: Path, megabytes: int) -> None:
    """Monta en `root` una raíz vacía en memoria, con `/dev` y `/tmp`."""
    mount("tmpfs", root, "tmpfs", NO_SUID | NO_DEVICES, f"size={megabytes}m,mode=755")
    for name in ("dev/shm", "proc", "tmp"):
        (root / name).mkdir(parents=True)
        (root / name).chmod(0o1777)
    for name in DEVICES:
        (root / "dev" / name).touch()
        mount(f"/dev/{name}", root / "dev" / name, None, BIND)


def show(paths: Iterable[Path], root: Path, *, writable: bool = False) -> None:
    """Hace que `paths` se vean adentro, en el mismo lugar; para leer, salvo que se diga."""
    for path in paths:
        inside = root / path.relative_to("/")
        if path.is_symlink():
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.symlink_to(path.readlink())
            continue
        if path.is_dir():
            inside.mkdir(parents=True, exist_ok=True)
        else:
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.touch()
        mount(str(path), inside, None, BIND | RECURSIVE)
        if not writable:
            make_read_only(inside)


def make_read_only(path: Path) -> None:
    """Deja sólo para leer lo que `show` montó en `path`."""
    # En un namespace de usuario, lo que no se puede ejecutar afuera tampoco adentro: no se saca.
    kept = os.statvfs(path).f_flag & os.ST_NOEXEC
    mount(None, path, None, BIND | REMOUNT | READ_ONLY | NO_SUID | NO_DEVICES | kept)


def enter(root: Path) -> None:
    """Deja `root` como única raíz: lo demás ya no se puede nombrar."""
    mount("proc", root / "proc", "proc", NO_SUID | NO_DEVICES)
    old = root / ".old"
    old.mkdir()
    number = PIVOT_ROOT[platform.machine()]
    _check(_libc.syscall(number, bytes(root), bytes(old)), "pivot_root")
    os.chdir("/")
    _check(_libc.umount2(b"/.old", DETACH), "umount")
    Path("/.old").rmdir()


def give_up_powers(user: int) -> None:
    """Ni este proceso ni los que lance pueden volver a tener privilegios.

    Args:
        user: si es root, quién pasa a ser.
    """
    for capability in range(64):
        # La primera que el núcleo no conoce termina la lista.
        if _libc.prctl(DROP_CAPABILITY, capability, 0, 0, 0):
            break
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    _check(_libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0), "no_new_privs")
    _clear_capabilities()


def mount(
    source: str | None, target: Path, kind: str | None, flags: int, options: str | None = None
) -> None:
    """`man 2 mount`."""
    texts = [text.encode() if text else None for text in (source, str(target), kind)]
    data = options.encode() if options else None
    _check(_libc.mount(*texts, ctypes.c_ulong(flags), data), f"mount {target}")


def _clear_capabilities() -> None:
    """`capset`: ninguna, ni efectiva ni permitida ni heredable."""
    header = struct.pack("Ii", 0x20080522, 0)
    _check(_libc.capset(header, bytes(24)), "capset")


def _raise_loopback() -> None:
    """En una red nueva, 127.0.0.1 está apagada."""
    set_flags, is_up = 0x8914, 1
    with contextlib.closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh22x", b"lo", is_up))


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
