# pierde: 1
# mensaje: que quede solo lo que hay hoy en el comercio
from contextlib import closing

from airflow.providers.sqlite.hooks.sqlite import SqliteHook
from airflow.sdk import DAG, task


def sales_dag(source, target):
    with DAG("ventas") as dag:

        @task
        def copy(ds):
            query = "SELECT id, day, amount FROM sales WHERE day = ? AND status = 'paid'"
            with closing(SqliteHook(source).get_conn()) as shop:
                rows = shop.execute(query, (ds,)).fetchall()
            with closing(SqliteHook(target).get_conn()) as store, store:
                store.executemany("DELETE FROM daily_sales WHERE id = ?", [row[:1] for row in rows])
                store.executemany("INSERT INTO daily_sales VALUES (?, ?, ?)", rows)

        copy()
    return dag
