"""Las llamadas al sistema que un encierro no deja hacer, con un filtro de seccomp.

Son las que guardan memoria fuera de todo tope, arman otro encierro con otros permisos o miran
adentro de otro proceso: ningún ejercicio las necesita. Ver `man 2 seccomp` y `linux/filter.h`.
"""

import ctypes
import errno
import os
import platform
import signal
import struct

SET_SECCOMP, WITH_FILTER = 22, 2
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

FORBIDDEN = {
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "open_tree": (428, 428),
    "fsopen": (430, 430),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
"""El número de cada llamada en x86_64 y en aarch64."""

CLONE, CLONE3 = (56, 220), (435, 435)
NEW_NAMESPACES = 0x7E020000
"""Las opciones de `clone` que arman un namespace."""

PRCTL, PARENT_DIED = (157, 167), 1
"""`prctl(PR_SET_PDEATHSIG)`: qué señal llega cuando muere el proceso padre."""

_LOAD, _IS, _HAS, _FROM, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER, _ARCHITECTURE, _FIRST_ARGUMENT, _SECOND_ARGUMENT = 0, 4, 16, 24
_X32 = 0x40000000
_ALLOW, _ANSWER = 0x7FFF0000, 0x00050000


def forbid() -> None:
    """Desde ahora, y en todo lo que lance este proceso, esas llamadas dan error.

    Necesita `no_new_privs`.

    Raises:
        OSError: si el sistema no lo permite.
    """
    code = b"".join(struct.pack("HBBI", *each) for each in _program(platform.machine()))
    kept = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(kept))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_SECCOMP, WITH_FILTER, program, 0, 0):
        raise OSError(ctypes.get_errno(), f"seccomp: {os.strerror(ctypes.get_errno())}")


def _program(machine: str) -> list[tuple[int, int, int, int]]:
    """Las instrucciones: código, cuántas se saltean si vale y si no vale, y un número."""
    here = list(ARCHITECTURES).index(machine)
    refuse = (_RETURN, 0, 0, _ANSWER | errno.EPERM)
    program = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_IS, 1, 0, ARCHITECTURES[machine]),
        refuse,
        (_LOAD, 0, 0, _NUMBER),
        (_FROM, 0, 1, _X32),
        refuse,
    ]
    for numbers in FORBIDDEN.values():
        program += [(_IS, 0, 1, numbers[here]), refuse]
    return [
        *program,
        (_IS, 0, 6, PRCTL[here]),  # un kernel no deja de morir con quien lo vigila
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_IS, 0, 3, PARENT_DIED),
        (_LOAD, 0, 0, _SECOND_ARGUMENT),
        (_IS, 1, 0, signal.SIGKILL),
        refuse,
        (_RETURN, 0, 0, _ALLOW),
        (_IS, 0, 1, CLONE3[here]),  # sus opciones no se pueden mirar: quien no lo tiene usa clone
        (_RETURN, 0, 0, _ANSWER | errno.ENOSYS),
        (_IS, 0, 3, CLONE[here]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_HAS, 0, 1, NEW_NAMESPACES),
        refuse,
        (_RETURN, 0, 0, _ALLOW),
    ]
