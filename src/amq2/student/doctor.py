"""`make doctor`: revisa que la máquina pueda con el curso; cada falla trae su reparación.

Corre también antes de armar el entorno, y desde Python 3.8: usa sólo la biblioteca estándar, y lee
amq2.settings sin importarlo, porque pide zonas horarias que el sistema puede no tener.

De dónde salen los mínimos. Disco: el entorno ocupa 1,1 GB y lo que se baja para armarlo, casi otro
tanto; con él armado, queda lugar para datos y registros. Memoria: los 4 GB que pide la
documentación de Airflow (Running Airflow in Docker); una máquina de 4 GB informa algo menos.
"""

from __future__ import annotations

import ast
import os
import platform
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
import webbrowser
from collections.abc import Callable, Sequence
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler
from importlib import metadata, util
from pathlib import Path
from socketserver import TCPServer
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = dict(
    re.findall(r"(?m)^(\w+) = (.+)$", (ROOT / "src/amq2/settings.py").read_text("utf-8"))
)
HOST, PORTS = ast.literal_eval(SETTINGS["HOST"]), ast.literal_eval(SETTINGS["PORTS"])
PYTHONS = ((3, 11), (3, 14))
GIGABYTE = 1024**3
DISK_TO_INSTALL, DISK_TO_WORK, MEMORY = 3, 1, 3.5  # en GIGABYTE
GREETING = b"make doctor"
LAST_PORT = 65535


class Result(NamedTuple):
    """Cómo salió una comprobación; sin `repair`, salió bien o es un aviso."""

    what: str
    repair: str | None = None
    mark: str = "OK"

    def __str__(self) -> str:
        failed = f"[ FALLA ] {self.what}\n    -> {self.repair}"
        return failed if self.repair else f"[ {self.mark} ] {self.what}"


def check_system(
    name: str = platform.system(),
    release: str = platform.release(),
    machine: str = platform.machine(),
    folder: Path = ROOT,
) -> Result:
    """Linux, macOS con Apple Silicon o WSL2, con la carpeta en el disco de Linux."""
    if name not in ("Linux", "Darwin"):
        repair = "en PowerShell: wsl --install; reiniciá, abrí Ubuntu y repetí el comando adentro"
        return Result(f"{name}: el curso corre en Linux, macOS o WSL2", repair)
    if name == "Darwin" and machine != "arm64":
        repair = "usá otra máquina; si es Apple Silicon, instalá un Python para arm64"
        return Result("macOS sin Apple Silicon: hay paquetes que no salen para Intel", repair)
    if release.endswith("-Microsoft"):  # así termina el nombre del núcleo en WSL1
        distribution = os.environ.get("WSL_DISTRO_NAME", "Ubuntu")
        return Result("WSL1", f"en PowerShell: wsl --set-version {distribution} 2")
    is_wsl = "microsoft" in release.lower() or "wsl2" in release.lower()
    if is_wsl and re.match(r"/mnt/[a-z](/|$)", str(folder)):
        repair = f"movelo y repetí el comando ahí: mv {shlex.quote(str(folder))} ~/"
        return Result("El curso está en el disco de Windows, muy lento desde WSL2", repair)
    return Result("Windows con WSL2" if is_wsl else name.replace("Darwin", "macOS"))


def check_python(version: tuple[int, int] = sys.version_info[:2]) -> Result:
    """Python 3.11 a 3.14."""
    is_supported = PYTHONS[0] <= version <= PYTHONS[1]
    repair = "instalá Python 3.11 a 3.14 y repetí: make doctor PYTHON=/ruta/a/python3"
    return Result("Python {}.{}".format(*version), None if is_supported else repair)


def check_environment(folder: Path = ROOT) -> Result:
    """Este Python tiene el amq2 de esta carpeta y los paquetes del candado."""
    amq2 = util.find_spec("amq2")
    if amq2 and amq2.origin and folder in Path(amq2.origin).resolve().parents:
        return check_versions(folder / "requirements.txt")
    environment = folder / ".venv"
    if (environment / "bin" / "python").exists() and Path(sys.prefix) != environment:
        repair = "en una terminal, make doctor; los notebooks se abren con make lab"
        return Result("Este Python no es el del entorno del curso", repair)
    if not (environment / "listo-estudiante").exists():
        return Result("El entorno todavía no está armado: lo arma make lab", mark="AVISO")
    return Result("El entorno está roto o es de otra carpeta", "rm -rf .venv && make env")


def check_versions(lock: Path) -> Result:
    """Lo instalado es lo que dice el candado."""
    different = []
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return Result("Al entorno le faltan paquetes", "rm -rf .venv && make env")
    for line in re.findall(r"(?m)^\w.+==[^\\\n]+", lock.read_text("utf-8")):
        wanted = Requirement(line)
        found = next((one.version for one in metadata.distributions(name=wanted.name)), "")
        is_needed = not wanted.marker or wanted.marker.evaluate()
        if is_needed and not (found and wanted.specifier.contains(found, prereleases=True)):
            different.append(f"{wanted.name} ({found or 'no está'})")
    if not different:
        return Result(f"El entorno está armado, con los paquetes de {lock.name}")
    what = f"Paquetes que no son los de {lock.name}: {len(different)}; {', '.join(different[:3])}"
    return Result(what, "rm -f .venv/listo-estudiante && make env")


class _Greeter(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response_only(200)  # sin escribir en el registro
        self.end_headers()
        self.wfile.write(GREETING)


def fetch(url: str, *handlers: urllib.request.BaseHandler) -> bytes:
    """El comienzo de lo que contesta una dirección, o nada."""
    try:
        with urllib.request.build_opener(*handlers).open(url, timeout=5) as answer:
            return bytes(answer.read(1000))
    except (OSError, HTTPException):
        return b""


def check_server() -> Result:
    """Un servidor de esta máquina contesta, también si hay un proxy configurado."""
    with TCPServer((HOST, 0), _Greeter) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        answer = fetch(f"http://{HOST}:{server.server_address[1]}")
        server.shutdown()
    if answer == GREETING:
        return Result(f"Un servidor en {HOST} contesta")
    proxy = f"export NO_PROXY={HOST},localhost no_proxy={HOST},localhost"
    repair = proxy if urllib.request.getproxies() else f"permití {HOST} en el cortafuegos"
    return Result(f"Los pedidos a un servidor en {HOST} no llegan", repair)


def is_free(port: int) -> bool:
    """Nadie escucha en ese puerto."""
    with socket.socket() as client:
        client.settimeout(5)
        return client.connect_ex((HOST, port)) != 0


def check_jupyterlab_port(port: int = PORTS["JupyterLab"]) -> Result:
    """Libre o de un JupyterLab abierto; si es de otro programa, JupyterLab toma el que sigue."""
    if is_free(port):
        return Result(f"Puerto {port} libre, para JupyterLab")
    if b'"version"' in fetch(f"http://{HOST}:{port}/api", urllib.request.ProxyHandler({})):
        return Result(f"Puerto {port}: ya hay un JupyterLab abierto")
    return Result(f"Puerto {port} de otro programa: JupyterLab va a tomar el que sigue")


def check_airflow_port() -> Result:
    """Libre el que diga AIRFLOW_PORT o, si no, el del curso."""
    chosen = os.environ.get("AIRFLOW_PORT") or str(PORTS["Airflow"])
    if not re.fullmatch(r"\d{1,5}", chosen) or int(chosen) > LAST_PORT:
        return Result(f"AIRFLOW_PORT={chosen} no es un puerto", "unset AIRFLOW_PORT")
    port = int(chosen)
    if is_free(port):
        return Result(f"Puerto {port} libre, para Airflow")
    output = subprocess.getoutput(f"lsof -nP -iTCP:{port} -sTCP:LISTEN")
    found = re.search(r"(?m)^(\S+) +(\d+) ", output)
    program = f"{found[1]} (proceso {found[2]})" if found else "el programa que lo usa"
    other = next(filter(is_free, range(PORTS["Airflow"] + 1, LAST_PORT)))
    return Result(f"Puerto {port} ocupado", f"cerrá {program}, o: export AIRFLOW_PORT={other}")


def check_permission(folder: Path = ROOT) -> Result:
    """Se puede escribir en la carpeta."""
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        repair = f"sudo chown -R $USER {shlex.quote(str(folder))}"
        return Result("No hay permiso para escribir en la carpeta del curso", repair)
    return Result("Se puede escribir en la carpeta del curso")


def check_disk(folder: Path = ROOT) -> Result:
    """Hay lugar para armar el entorno o, si ya está, para trabajar."""
    free = shutil.disk_usage(folder).free / GIGABYTE
    is_installed = (folder / ".venv" / "listo-estudiante").exists()
    needed = DISK_TO_WORK if is_installed else DISK_TO_INSTALL
    repair = None if free >= needed else f"hacé lugar: hacen falta {needed} GB"
    return Result(f"{free:.1f} GB libres en el disco", repair)


def check_memory(minimum: float = MEMORY) -> Result:
    """Hay memoria para JupyterLab, un kernel y Airflow."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIGABYTE
    repair = None if total >= minimum else "hacen falta 4 GB: usá otra máquina"
    return Result(f"{total:.1f} GB de memoria", repair)


def check_browser() -> Result:
    """El sistema sabe qué navegador abrir."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        repair = "copiá en el tuyo la dirección de make lab, y antes: export BROWSER='echo %s'"
        return Result("No encuentro un navegador para abrir", repair)
    return Result("Hay un navegador")


CHECKS: Sequence[Callable[[], Result]] = (
    check_system,
    check_python,
    check_environment,
    check_server,
    check_jupyterlab_port,
    check_airflow_port,
    check_permission,
    check_disk,
    check_memory,
    check_browser,
)


def main(checks: Sequence[Callable[[], Result]] = CHECKS) -> int:
    """Muestra cada comprobación y un resumen; devuelve 1 si alguna falló."""
    failures = 0
    for check in checks:
        result = check()
        failures += result.repair is not None
        print(result, flush=True)
        if result.repair and check is check_system:
            break  # la reparación es ir a otro lado: lo demás se revisa allá
    todo = f"Fallas: {failures} de {len(checks)}. Reparalas y repetí make doctor."
    print(todo if failures else "Tu máquina está lista.")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
