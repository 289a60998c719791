# pierde: 3
# mensaje: La tabla después de la versión 2 de la compra 1
def load_news(base, news):
    with closing(sqlite3.connect(base)) as connection, connection:
        connection.executemany("INSERT OR IGNORE INTO purchases VALUES (?, ?, ?, ?)", news)
        return connection.execute("SELECT count(*) FROM purchases").fetchone()[0]
