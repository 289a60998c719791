"""Se hace root, cambia de raíz, crea un dispositivo de disco y sube sus límites."""

import os
import resource
import stat

done = []
for name, action in {
    "setuid": lambda: os.setuid(0),
    "chroot": lambda: os.chroot("/tmp"),
    "mknod": lambda: os.mknod("/tmp/disco", stat.S_IFBLK | 0o600, os.makedev(254, 0)),
    "límites": lambda: resource.setrlimit(resource.RLIMIT_AS, (2**40, 2**40)),
    "nice": lambda: os.nice(-5),
    "sudo": lambda: os.execv("/usr/bin/su-que-no-esta", ["su"]),
}.items():
    try:
        action()
        done.append(name)
    except (OSError, ValueError):
        pass
say(f"LOGRADO: {done}" if done else "nada le dejaron")
