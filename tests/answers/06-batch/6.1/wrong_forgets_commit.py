# pierde: 4
# mensaje: que se confirme lo escrito
def load_news(base, news):
    newer = """
        INSERT INTO purchases VALUES (?, ?, ?, ?)
        ON CONFLICT (purchase_id) DO UPDATE
        SET version = excluded.version, day = excluded.day, amount = excluded.amount
        WHERE excluded.version > purchases.version
    """
    with closing(sqlite3.connect(base)) as connection:
        connection.executemany(newer, news)
        return connection.execute("SELECT count(*) FROM purchases").fetchone()[0]
