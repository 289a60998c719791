"""Deja un proceso suelto: dos bifurcaciones, otra sesión, sin entrada ni salidas."""

import os
import subprocess
import sys

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        for number in range(3):
            os.dup2(os.open("/dev/null", os.O_RDWR), number)
        code = "import time, signal; signal.signal(15, signal.SIG_IGN); time.sleep(3600)"
        os.execv(sys.executable, [sys.executable, "-c", code, MARK])
    os._exit(0)
subprocess.Popen(["setsid", "-f", "sleep", "3600.5"], start_new_session=True)
say("quedó andando: después no tiene que estar")
