"""PostgreSQL y Redis, los dos servidores que comparten las partes de un cluster."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from amq2.cluster import broker, postgres
from amq2.orchestrator.connections import OPERATIONAL, WAREHOUSE
from amq2.orchestrator.home import AirflowError, secret
from amq2.orchestrator.launching import reserved, supervised, wait_until
from amq2.settings import HOST

METADATA = "airflow"
"""La base de metadatos de Airflow. Las otras dos se llaman como las conexiones del banco."""

SECONDS_TO_START = 30.0


@dataclass(frozen=True)
class Services:
    """Dónde están los dos servidores.

    Attributes:
        password: la clave de los dos.
        postgres_port, redis_port: sus puertos, en 127.0.0.1.
    """

    password: str
    postgres_port: int
    redis_port: int

    @property
    def broker_url(self) -> str:
        """La cola."""
        return broker.url(self.password, self.redis_port)

    def database_url(self, name: str, driver: str = "") -> str:
        """Una base; véase `postgres.url`."""
        return postgres.url(self.password, self.postgres_port, name, driver)

    def connection(self, name: str) -> dict[str, object]:
        """Una base, como la conexión de Airflow que la nombra."""
        return {
            "conn_type": "postgres",
            "host": HOST,
            "port": self.postgres_port,
            "login": postgres.OWNER,
            "password": self.password,
            "schema": name,
        }


@contextlib.contextmanager
def running_services(folder: Path, log: IO[bytes], *, is_temporary: bool) -> Iterator[Services]:
    """Enciende los dos servidores, con las tres bases creadas, y los apaga al salir.

    Args:
        folder: donde viven las bases y la clave; las de otra vez se conservan.
        log: donde escriben.
        is_temporary: si hay que borrar la carpeta al final.

    Raises:
        AirflowError: si falta un programa o no arrancan.
    """
    programs, redis_server = _programs()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    password = secret(folder, "clave")
    try:
        postgres.create(programs, folder, folder / "clave")
        with reserved(None) as one, reserved(None) as other:
            services = Services(password, postgres_port=one, redis_port=other)
            parts = (
                postgres.server(programs, folder, one),
                broker.server(redis_server, folder, other, password),
            )
            with supervised(folder, parts, dict(os.environ), log, is_temporary) as supervisor:
                server = services.database_url("postgres")
                wait_until(
                    lambda _: postgres.answers(server) and broker.answers(services.broker_url),
                    "PostgreSQL o Redis",
                    supervisor,
                    log,
                    SECONDS_TO_START,
                )
                for name in (METADATA, OPERATIONAL, WAREHOUSE):
                    postgres.create_database(server, name)
                yield services
    finally:
        if is_temporary:
            shutil.rmtree(folder, ignore_errors=True)


def _programs() -> tuple[Path, str]:
    """Los programas de PostgreSQL y el de Redis."""
    programs, redis_server = postgres.find_programs(), broker.find_program()
    if programs and redis_server:
        return programs, redis_server
    missing = [] if programs else [postgres.INSTALL]
    missing += [] if redis_server else [broker.INSTALL]
    raise AirflowError(f"Al cluster le falta un programa: {'; '.join(missing)}. Repetí el comando.")
