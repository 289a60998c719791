# pierde: 2
# mensaje: que gane la versión más alta, y no la última que llegó
def load_news(base, news):
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.executemany("INSERT OR REPLACE INTO purchases VALUES (?, ?, ?, ?)", news)
        return connection.execute("SELECT count(*) FROM purchases").fetchone()[0]
