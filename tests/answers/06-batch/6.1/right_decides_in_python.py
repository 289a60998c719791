def load_news(base, news):
    connection = sqlite3.connect(base, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            have = dict(connection.execute("SELECT purchase_id, version FROM purchases"))
            for number, version, day, amount in news:
                if number not in have:
                    connection.execute(
                        "INSERT INTO purchases VALUES (?, ?, ?, ?)", (number, version, day, amount)
                    )
                elif version > have[number]:
                    connection.execute(
                        "UPDATE purchases SET version = ?, day = ?, amount = ? "
                        "WHERE purchase_id = ?",
                        (version, day, amount, number),
                    )
                else:
                    continue
                have[number] = version
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        return len(have)
    finally:
        connection.close()
