from sqlalchemy import create_engine


def load_news(base, news):
    arrived = pd.DataFrame(list(news), columns=["purchase_id", "version", "day", "amount"])
    database = create_engine(f"sqlite:///{base}")
    try:
        with database.begin() as connection:
            stored = pd.read_sql("SELECT * FROM purchases", connection)
            best = pd.concat([stored, arrived]).sort_values("version", kind="stable")
            best = best.drop_duplicates("purchase_id", keep="last")
            connection.exec_driver_sql("DELETE FROM purchases")
            best.to_sql("purchases", connection, if_exists="append", index=False)
            return len(best)
    finally:
        database.dispose()
