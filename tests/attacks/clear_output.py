"""Después de cada error, manda un clear_output para que no quede en la celda."""

import threading
import time

kernel = get_ipython().kernel


def clear():
    while True:
        kernel.session.send(
            kernel.iopub_socket, "clear_output", {"wait": False}, parent=kernel.get_parent("shell")
        )
        time.sleep(0.0005)


threading.Thread(target=clear, daemon=True).start()
