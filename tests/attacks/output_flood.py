"""Escribe durante un rato, sin parar."""

import time

end = time.time() + 0.5
while time.time() < end:
    print("x" * 10_000)
