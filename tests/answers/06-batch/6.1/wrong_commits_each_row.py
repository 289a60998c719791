# pierde: 2
# mensaje: Si una novedad no entra, la tabla queda como estaba y la excepción sale.
def load_news(base: Path, news) -> int:
    newer = """
        INSERT INTO purchases VALUES (?, ?, ?, ?)
        ON CONFLICT (purchase_id) DO UPDATE
        SET version = excluded.version, day = excluded.day, amount = excluded.amount
        WHERE excluded.version > purchases.version
    """
    with closing(sqlite3.connect(base)) as connection, connection:
        for row in news:
            connection.execute(newer, row)
            connection.commit()
        return connection.execute("SELECT count(*) FROM purchases").fetchone()[0]
