"""Generar carga: muchos clientes que piden lo mismo, y cuánto espera cada uno.

`measure` corre en otro proceso, para no disputarle el intérprete de Python al servidor que se mide.
Cada cliente tiene una conexión abierta y manda su pedido apenas llega la respuesta del anterior
(un modelo «cerrado»: si el servidor se demora, se le pide menos). Los primeros pedidos de cada
corrida, los del calentamiento, no se cuentan.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from amq2.http_clients import Plan


@dataclass(frozen=True)
class Load:
    """Lo que se midió.

    Attributes:
        requests: una fila por pedido: `at` (cuándo terminó, en segundos de `time.time`), `ms` (lo
            que esperó el cliente) y `status` (0 si la conexión se cortó o nadie contestó).
        seconds: cuánto duró la medición.
    """

    requests: pd.DataFrame
    seconds: float

    @property
    def failed(self) -> int:
        """Pedidos sin respuesta, o con un 5xx."""
        return int((~self._is_answered).sum())

    @property
    def _is_answered(self) -> "pd.Series[bool]":
        return self.requests["status"].between(100, 499)

    def summary(self) -> dict[str, float]:
        """Pedidos contestados por segundo, su p50 y p99 en milisegundos, y pedidos que fallaron.

        Raises:
            RuntimeError: si no se contestó ninguno.
        """
        waits = self.requests.loc[self._is_answered, "ms"].to_numpy()
        if not len(waits):
            raise RuntimeError("Ningún pedido fue contestado: fijate si el servidor anda.")
        p50, p99 = np.percentile(waits, [50, 99], method="inverted_cdf")
        return {
            "pedidos/s": round(len(waits) / self.seconds, 1),
            "p50 (ms)": round(float(p50), 2),
            "p99 (ms)": round(float(p99), 2),
            "fallados": self.failed,
        }


def start(
    url: str,
    json_body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    connections: int = 16,
    seconds: float = 2.0,
    reuse: bool = True,
) -> "Running":
    """Empieza a pedir y vuelve cuando ya se mide; `Running.result()` espera y da lo medido.

    Args:
        url: una dirección http://; con `json_body` se hace POST y, si no, GET.
        json_body: el cuerpo de cada pedido.
        headers: encabezados de más, por ejemplo la clave.
        connections: cuántos clientes piden a la vez.
        seconds: cuánto dura la medición, sin el calentamiento.
        reuse: si cada cliente usa siempre la misma conexión o abre una por pedido.
    """
    body = "" if json_body is None else json.dumps(json_body)
    method = "GET" if json_body is None else "POST"
    all_headers = {**(headers or {}), **({} if reuse else {"Connection": "close"})}
    return Running(Plan(method, url, body, all_headers, connections, seconds))


def measure(url: str, json_body: object = None, **options: Any) -> Load:  # noqa: ANN401
    """Pide durante unos segundos y devuelve lo medido; las opciones son las de `start`."""
    return start(url, json_body, **options).result()


class Running:
    """Una carga en marcha, en su propio proceso."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._process = subprocess.Popen(
            [sys.executable, "-m", "amq2.http_clients"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(plan)))
        self._process.stdin.close()
        self._process.stdin = None
        assert self._process.stdout is not None
        self._process.stdout.readline()  # el aviso de que terminó el calentamiento

    def result(self) -> Load:
        """Espera a que termine y devuelve lo medido.

        Raises:
            RuntimeError: si el proceso que pide no pudo trabajar.
        """
        output, _ = self._process.communicate()
        if self._process.returncode:
            raise RuntimeError("El generador de carga terminó mal: fijate lo que escribió arriba.")
        rows = pd.DataFrame(json.loads(output), columns=["at", "ms", "status"])
        return Load(rows, self._plan.seconds)
