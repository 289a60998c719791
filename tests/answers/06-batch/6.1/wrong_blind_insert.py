# pierde: 3
# mensaje: load_news terminó con IntegrityError
def load_news(base, news):
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.executemany("INSERT INTO purchases VALUES (?, ?, ?, ?)", news)
        return connection.execute("SELECT count(*) FROM purchases").fetchone()[0]
