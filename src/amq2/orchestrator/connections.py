"""Las dos bases del banco, como conexiones de Airflow: la operativa y el *warehouse*.

Un DAG nombra una conexión; dónde está esa base se dice afuera, en una variable de entorno que se
llama `AIRFLOW_CONN_` y el nombre en mayúsculas. Por defecto son dos archivos de SQLite en la casa
de Airflow. Para usar otras bases no se toca el DAG, se cambian las variables:

    AIRFLOW_CONN_AMQ2_OPERATIONAL='{"conn_type": "mysql", "host": "127.0.0.1", "schema": "banco"}'
"""

import json
import os
from collections.abc import Mapping
from datetime import date
from pathlib import Path

OPERATIONAL = "amq2_operational"
"""La base en la que las sucursales cargan las solicitudes."""

WAREHOUSE = "amq2_warehouse"
"""La base en la que se analizan: una copia, para no molestar a la operativa."""

TABLE = "applicants"
"""La tabla de solicitudes, en las dos."""

COLUMNS = {
    "applicant_id": "INTEGER PRIMARY KEY",
    "application_date": "DATE NOT NULL",
    "age": "INTEGER NOT NULL",
    "income": "BIGINT NOT NULL",
    "debt_ratio": "DOUBLE PRECISION NOT NULL",
    "months_in_arrears": "INTEGER NOT NULL",
    "months_employed": "INTEGER NOT NULL",
    "previous_loans": "INTEGER NOT NULL",
    "amount": "BIGINT NOT NULL",
}
"""Sus columnas, con tipos que entienden SQLite, MariaDB y PostgreSQL."""

CREATE_TABLE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} "
    f"({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})"
)


def connections(
    home: Path, servers: Mapping[str, Mapping[str, object]] | None = None
) -> dict[str, str]:
    """Las variables de entorno de las dos conexiones.

    Args:
        home: la carpeta de Airflow.
        servers: las bases que no son un archivo de SQLite: por conexión, dónde está la suya.

    Returns:
        Una variable por conexión, en JSON. La que ya hayas puesto vos en el entorno se respeta.
    """
    variables = {}
    for name in (OPERATIONAL, WAREHOUSE):
        variable, file = f"AIRFLOW_CONN_{name.upper()}", f"{name}.sqlite"
        found = os.environ.get(variable, "")
        # El archivo de otra casa, heredado de otro proceso del curso, no lo elegiste vos.
        is_chosen = bool(found) and file not in found
        default = (servers or {}).get(name) or {
            "conn_type": "sqlite",
            "host": str(home / "datos" / file),
        }
        variables[variable] = found if is_chosen else json.dumps(default)
    return variables


def fill_operational(day: date, n: int = 200) -> int:
    """Deja en la base operativa las solicitudes de un día, en el lugar de las que hubiera.

    Args:
        day: el día.
        n: cuántas solicitudes, hasta `amq2.orchestrator.data.MAX_PER_DAY`.

    Returns:
        Cuántas quedaron.
    """
    from airflow.sdk import BaseHook

    from amq2.orchestrator.data import requests_of

    rows = requests_of(day, n)
    rows.insert(0, "application_date", day.isoformat())
    hook = BaseHook.get_connection(OPERATIONAL).get_hook()
    hook.run([CREATE_TABLE, f"DELETE FROM {TABLE} WHERE application_date = '{day.isoformat()}'"])
    # itertuples da números de Python: SQLite guardaría los de numpy como bytes.
    hook.insert_rows(TABLE, list(rows.itertuples(name=None)), target_fields=list(COLUMNS))
    return len(rows)
