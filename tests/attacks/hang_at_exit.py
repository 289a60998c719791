"""Deja un atexit y un hilo que no terminan, para que el kernel no se apague."""

import atexit
import threading
import time


def forever():
    while True:
        time.sleep(1)


atexit.register(forever)
threading.Thread(target=forever, daemon=False).start()
say("dejó un atexit que no termina")
