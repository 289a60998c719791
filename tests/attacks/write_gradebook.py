"""Se pone un diez en gradebook.db."""

import sqlite3

try:
    with sqlite3.connect(f"file:{COURSE}/gradebook.db?mode=rw", uri=True) as base:
        base.execute("UPDATE grade SET manual_score = 10")
    say("LOGRADO: se puso un diez")
except sqlite3.Error as error:
    say(str(error))
