"""Un bucle que atrapa toda excepción, también la interrupción."""

import time

while True:
    try:
        time.sleep(60)
    except BaseException:
        pass
