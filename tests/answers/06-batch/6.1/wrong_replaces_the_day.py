# pierde: 3
# mensaje: y que no se borre lo que trajo el otro archivo
def load_news(base, news):
    rows = list(news)
    days = sorted({row[2] for row in rows})
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.executemany("DELETE FROM purchases WHERE day = ?", [(day,) for day in days])
        connection.executemany("INSERT INTO purchases VALUES (?, ?, ?, ?)", rows)
        return connection.execute("SELECT count(*) FROM purchases").fetchone()[0]
