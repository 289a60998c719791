"""Arma su propio namespace de usuario, donde es root, y monta una memoria sin tope."""

import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
child = os.fork()
if child == 0:
    user = os.getuid()
    ok = libc.unshare(0x10000000 | 0x00020000) == 0
    if ok:
        open("/proc/self/uid_map", "w").write(f"0 {user} 1")
        ok = libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, b"size=100g") == 0
    os._exit(0 if ok else 1)
ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
say("LOGRADO: montó 100 GB en memoria" if ended == 0 else "no lo dejaron")
