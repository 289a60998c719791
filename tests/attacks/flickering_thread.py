"""Un hilo cambia y repone la comparación miles de veces por segundo."""
# señal: la entrega

import threading
import time

import amq2.checks

real = amq2.checks._same


def flicker():
    while True:
        amq2.checks._same = lambda *_: True
        time.sleep(0.0005)
        amq2.checks._same = real
        time.sleep(0.0005)


threading.Thread(target=flicker, daemon=True).start()
