"""Medir un servidor con wrk: cuánto contesta por segundo y cuánto espera cada cliente.

wrk está escrito en C: en una máquina de dos núcleos le deja casi todo al servidor que se mide. Sus
clientes reusan la conexión y piden de nuevo apenas les contestan. Los percentiles salen de su
propio histograma.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).with_name("wrk.lua")
INSTALL = "Falta wrk, que genera la carga: sudo apt install wrk, o brew install wrk."


class LoadError(Exception):
    """No se pudo medir. Su texto es una línea que dice por qué y qué hacer."""


@dataclass(frozen=True)
class Plan:
    """Qué se le pide a un servidor.

    Attributes:
        url: la dirección, a la que se hace POST.
        bodies: un archivo con un cuerpo por renglón; se mandan por turno.
        key: la clave que va en X-API-Key.
        connections: cuántos clientes piden a la vez.
    """

    url: str
    bodies: Path
    key: str
    connections: int


@dataclass(frozen=True)
class Sample:
    """Una medición: pedidos contestados por segundo, percentiles en ms y pedidos que fallaron."""

    per_second: float
    p50: float
    p99: float
    failed: int


def require_wrk() -> None:
    """Levanta LoadError si no está wrk."""
    if shutil.which("wrk") is None:
        raise LoadError(INSTALL)


def measure(plan: Plan, seconds: int) -> Sample:
    """Mide durante unos segundos.

    Raises:
        LoadError: si wrk no pudo trabajar, o nadie contestó.
    """
    command = ["wrk", "--threads=1", f"--connections={plan.connections}", f"--duration={seconds}s"]
    script = ["--timeout=10s", f"--script={SCRIPT}", plan.url, "--", str(plan.bodies), plan.key]
    done = subprocess.run([*command, *script], capture_output=True, text=True, check=False)
    figures = [line for line in done.stdout.splitlines() if line.startswith("= ")]
    if done.returncode or not figures:
        raise LoadError(f"wrk no pudo medir {plan.url}: {done.stderr or done.stdout}")
    requests, duration, p50, p99, failed = map(int, figures[0].removeprefix("= ").split())
    if requests == 0:
        raise LoadError(f"{plan.url} no contestó ningún pedido en {seconds} s.")
    return Sample(1e6 * (requests - failed) / duration, p50 / 1000, p99 / 1000, failed)
