"""Se bifurca sin parar, y también cada hijo."""

import os

count = 0
try:
    while count < 5000:
        if os.fork() == 0:
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
        count += 1
except OSError as error:
    say(f"{error.strerror} después de {count}")
else:
    say("LOGRADO: 5000 hijos")
