"""Tapa todas las señales y su respuesta no termina nunca."""

import signal
import time


def double(x):
    signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
    while True:
        time.sleep(1)
