"""Un hijo se engancha como depurador al kernel y lee su memoria."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(0x59616D61, -1, 0, 0, 0)
kernel = os.getpid()
child = os.fork()
if child == 0:
    got = libc.ptrace(16, kernel, 0, 0)
    if got == 0:
        os.waitpid(kernel, 0x40000000)
        libc.ptrace(17, kernel, 0, 0)
    os._exit(0 if got == 0 else 1)
ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
say("LOGRADO: se enganchó" if ended == 0 else "no lo dejaron")
