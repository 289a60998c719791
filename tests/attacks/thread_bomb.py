"""Abre hilos sin parar."""

import threading

stop = threading.Event()
count = 0
try:
    while count < 5000:
        threading.Thread(target=stop.wait, daemon=True).start()
        count += 1
    say("LOGRADO: 5000 hilos")
except RuntimeError as error:
    say(f"{error} después de {count}")
stop.set()
