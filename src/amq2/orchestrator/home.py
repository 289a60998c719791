"""La casa de Airflow: su carpeta, su configuración y su base de datos ya preparada.

Airflow guarda todo en una carpeta, AIRFLOW_HOME, y se configura con variables de entorno que se
llaman `AIRFLOW__SECCIÓN__OPCIÓN`. Acá está lo que el curso cambia, y por qué.

Crear las tablas de la base (`airflow db migrate`) tarda unos segundos: se hace una sola vez por
entorno, y cada casa nueva copia el resultado.
"""

import contextlib
import json
import os
import secrets
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from amq2.orchestrator.connections import connections
from amq2.proxied import absolute_path
from amq2.settings import HOST, PORTS, TIME_ZONE

DATABASE = "airflow.db"

PAGE = 1000
"""Cuánto contesta la API de una vez, como mucho; de fábrica, 100."""

COURSE_DAGS = Path(__file__).parents[3] / "dags"
"""Los DAGs del curso."""


class AirflowError(Exception):
    """Airflow no se puede preparar o no contesta. Su texto dice por qué y qué hacer."""


def address(port: int) -> str:
    """Dónde está el Airflow de ese puerto, para este programa; para el navegador, `public_url`.

    Airflow atiende bajo la misma dirección con la que lo ve el navegador: si es detrás de
    JupyterLab, con su prefijo.
    """
    return f"http://{HOST}:{port}{absolute_path(port)}"


def environment(
    home: Path, dags: Path = COURSE_DAGS, port: int = PORTS["Airflow"]
) -> dict[str, str]:
    """Las variables de entorno con las que Airflow usa esa casa, y ninguna otra cosa.

    Args:
        home: la carpeta de Airflow.
        dags: la carpeta con los DAGs.
        port: el puerto de la pantalla y de la API REST.
    """
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / DATABASE}",
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DEFAULT_TIMEZONE": str(TIME_ZONE),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "True",
        # Una notebook con una sola persona: sin usuarios, y sólo se llega desde esta máquina.
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port),
        # Sólo el camino, si hay un prefijo: el nombre de la máquina lo sabe el navegador.
        "AIRFLOW__API__BASE_URL": absolute_path(port) or address(port),
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__MAXIMUM_PAGE_LIMIT": str(PAGE),
        # Las tareas le cuentan a la API cómo van: si se cambia el puerto, se cambia también acá.
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address(port)}/execution/",
        # Lo que una tarea muestra con print va a su registro como INFO.
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
        "AIRFLOW__LOGGING__NAMESPACE_LEVELS": (
            "airflow=WARNING http.access=WARNING airflow.task=INFO"
        ),
        # Un archivo cambiado se lee enseguida; los que no cambiaron, cada treinta segundos.
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "2",
        "AIRFLOW__DAG_PROCESSOR__BUNDLE_REFRESH_CHECK_INTERVAL": "1",
        "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "30",
        # Cada cuántos segundos mira un worker si su tarea terminó: cuando falla, no avisa.
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",
        # Si matan a un proceso, cuánto tardan sus tareas en repetirse; de fábrica, cinco minutos.
        "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
        "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "60",
        # El FileSensor busca desde la raíz.
        "AIRFLOW_CONN_FS_DEFAULT": json.dumps({"conn_type": "fs", "extra": {"path": "/"}}),
        **connections(home),
    }


def prepare(home: Path) -> Path:
    """Deja lista una casa: la carpeta, y la base con sus tablas si todavía no estaba.

    Raises:
        AirflowError: si no se puede crear la base.
    """
    # En datos van las bases del banco y lo que escriben los DAGs.
    (home / "datos").mkdir(parents=True, exist_ok=True)
    if not (home / DATABASE).exists():
        _copy_database(template(), home / DATABASE)
    return home


def secret(home: Path, name: str = "clave-de-la-api") -> str:
    """Una clave de esa casa, la de la API si no se dice otra; se inventa la primera vez y queda."""
    path = home / name
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text()


def template() -> Path:
    """Una base de Airflow recién creada, para copiar; la primera vez tarda unos segundos.

    Raises:
        AirflowError: si `airflow db migrate` falla; trae su último renglón.
    """
    path = Path(sys.prefix) / "share" / "amq2" / f"airflow-{version('apache-airflow')}.db"
    if path.exists():
        return path
    with tempfile.TemporaryDirectory(prefix="amq2-airflow-") as folder:
        dags = Path(folder) / "dags"
        dags.mkdir()
        migrate(without_airflow_settings(os.environ) | environment(Path(folder), dags))
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy_database(Path(folder) / DATABASE, path)
    return path


def migrate(variables: Mapping[str, str]) -> None:
    """Crea las tablas de Airflow, o las pasa a esta versión, en la base que digan las variables.

    Raises:
        AirflowError: si `airflow db migrate` falla; trae su último renglón.
    """
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "db", "migrate"],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip() or "sin motivo").splitlines()[-1]
        raise AirflowError(f"No se pudo crear la base de Airflow: {last}")


def without_airflow_settings(variables: Mapping[str, str]) -> dict[str, str]:
    """Las variables de entorno sin lo que otra instalación de Airflow haya dejado."""
    return {
        name: value
        for name, value in variables.items()
        if not name.startswith(("AIRFLOW_HOME", "AIRFLOW_CONFIG", "AIRFLOW__", "_AIRFLOW"))
    }


def _copy_database(source: Path, target: Path) -> None:
    """Copia una base de SQLite con lo que haya en su registro de escrituras (WAL).

    Primero con otro nombre: la copia aparece entera, aunque otro proceso haga lo mismo.
    """
    half = target.with_name(f"{target.name}.{os.getpid()}")
    with (
        contextlib.closing(sqlite3.connect(source)) as origin,
        contextlib.closing(sqlite3.connect(half)) as copy,
    ):
        origin.backup(copy)
    half.replace(target)


if __name__ == "__main__":
    template()
