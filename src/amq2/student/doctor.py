"""`make doctor`: revisa que la máquina pueda con el curso; cada falla trae su reparación.

Corre también antes de armar el entorno, así que sólo usa la biblioteca estándar. Los mínimos de
disco y de memoria son lo que ocupa el entorno armado y lo que piden juntos JupyterLab, un kernel y
Airflow, con margen.
"""

import os
import platform
import shutil
import socket
import sys
import threading
import urllib.error
import urllib.request
import webbrowser
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path
from typing import Callable, NamedTuple, Optional  # noqa: UP035 - también corre en 3.8

ROOT = Path(__file__).resolve().parents[3]
PYTHONS = ((3, 11), (3, 14))
GIGABYTE = 1024**3
BROWSERS = ("chromium", "google-chrome", "firefox", "wslview")
DISK_TO_INSTALL, DISK_TO_WORK, MEMORY = 3 * GIGABYTE, 1 * GIGABYTE, 3.5 * GIGABYTE


class Result(NamedTuple):
    """Cómo salió una comprobación; sin `repair`, salió bien."""

    what: str
    repair: Optional[str] = None  # noqa: UP045 - también corre en 3.8

    def __str__(self) -> str:
        if self.repair:
            return f"[ FALLA ] {self.what}\n          -> {self.repair}"
        return f"[ OK ] {self.what}"


def check_system(
    name: str = platform.system(), release: str = platform.release(), folder: Path = ROOT
) -> Result:
    """Linux, macOS con Apple Silicon o WSL2, y la carpeta en su propio disco."""
    if name.startswith(("Windows", "MINGW", "MSYS", "CYGWIN")):
        return Result(
            "Windows sin WSL2",
            "en PowerShell: wsl --install; reiniciá, abrí Ubuntu y bajá ahí el curso.",
        )
    is_wsl = "microsoft" in release.lower()
    if is_wsl and "wsl2" not in release.lower():
        return Result("WSL1", "en PowerShell: wsl --set-version Ubuntu 2")
    if is_wsl and folder.parts[:2] == ("/", "mnt"):
        return Result(
            "El curso está en el disco de Windows, que desde WSL2 es muy lento",
            f"movelo a tu carpeta de Linux: mv {folder} ~/",
        )
    if name == "Darwin" and platform.machine() != "arm64":
        return Result(
            "Una Mac con Intel", "varios paquetes ya no salen para ella: usá otra máquina."
        )
    return Result("Windows con WSL2" if is_wsl else name)


def check_python() -> Result:
    """Python 3.11 a 3.14."""
    version = platform.python_version()
    if PYTHONS[0] <= sys.version_info[:2] <= PYTHONS[1]:
        return Result(f"Python {version}")
    return Result(
        f"Python {version}, y hace falta 3.11 a 3.14",
        "instalá uno y repetí con make doctor PYTHON=/ruta/a/python3",
    )


def check_environment(folder: Path = ROOT) -> Result:
    """El entorno está armado, y en esta carpeta."""
    environment = folder / ".venv"
    place = environment / "carpeta"
    if not (environment / "listo-estudiante").exists():
        return Result("El entorno todavía no está armado", "make env")
    if not place.exists() or place.read_text(encoding="utf-8").strip() != str(folder):
        return Result("El entorno es de otra carpeta: el curso se movió", "make env")
    return Result("El entorno está armado")


def check_versions(lock: Path = ROOT / "requirements.txt") -> Result:
    """Lo instalado es lo que dice el candado."""
    try:
        from packaging.requirements import Requirement
    except ImportError:
        return Result("Los paquetes del curso no están", "make env")
    different = []
    for line in lock.read_text(encoding="utf-8").splitlines():
        if line[:1] in ("", " ", "#"):
            continue
        wanted = Requirement(line.rstrip(" \\"))
        if wanted.marker and not wanted.marker.evaluate():
            continue
        try:
            installed = metadata.version(wanted.name)
        except metadata.PackageNotFoundError:
            installed = "no está"
        if installed == "no está" or not wanted.specifier.contains(installed, prereleases=True):
            different.append(f"{wanted.name} ({installed})")
    if different:
        names = ", ".join(different[:3])
        return Result(
            f"{len(different)} paquetes no son los del candado: {names}",
            "rm .venv/listo-estudiante; make env",
        )
    return Result("Los paquetes son los del candado")


class _Greeting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Contesta 200."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """No escribe nada."""


def check_server() -> Result:
    """Un servidor de esta máquina contesta, también si hay un proxy configurado."""
    with HTTPServer(("127.0.0.1", 0), _Greeting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}", timeout=5).close()
        except OSError:
            return Result(
                "Un servidor de esta máquina no contesta: hay un proxy o un cortafuegos",
                "export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost",
            )
        finally:
            server.shutdown()
    return Result("Un servidor en 127.0.0.1 contesta")


def check_port(program: str, port: int) -> Result:
    """El puerto fijo de un programa está libre, o lo usa JupyterLab, que se corre solo."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            if program == "JupyterLab":
                return Result(f"Puerto {port} ocupado: JupyterLab va a usar el que sigue")
            return Result(
                f"El puerto {port}, de {program}, está ocupado",
                f"cerrá el programa que lo usa, o elegí otro: export AIRFLOW_PORT={port + 1}",
            )
    return Result(f"Puerto {port} libre, para {program}")


def check_disk(folder: Path = ROOT) -> Result:
    """Hay lugar en el disco y permiso para escribir."""
    if not os.access(folder, os.W_OK):
        return Result(f"No hay permiso para escribir en {folder}", f"sudo chown -R $USER {folder}")
    is_installed = (folder / ".venv" / "listo-estudiante").exists()
    needed = DISK_TO_WORK if is_installed else DISK_TO_INSTALL
    free = shutil.disk_usage(folder).free
    what = f"{free / GIGABYTE:.0f} GB libres en el disco"
    if free < needed:
        return Result(what, f"hacé lugar: hacen falta {needed / GIGABYTE:.0f} GB.")
    return Result(what)


def check_memory() -> Result:
    """Hay memoria para JupyterLab, un kernel y Airflow."""
    total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    what = f"{total / GIGABYTE:.0f} GB de memoria"
    if total < MEMORY:
        return Result(what, "con menos de 4 GB, cerrá todo lo demás, o usá otra máquina.")
    return Result(what)


def check_browser() -> Result:
    """Hay un navegador que abrir."""
    try:
        webbrowser.get()
    except webbrowser.Error:
        if any(map(shutil.which, BROWSERS)):
            return Result("Hay un navegador")
        return Result(
            "No encuentro un navegador",
            "instalá uno, o copiá en el tuyo la dirección que muestra make lab.",
        )
    return Result("Hay un navegador")


def checks() -> "list[Callable[[], Result]]":
    """Todas las comprobaciones, en el orden en que conviene reparar."""
    first: list[Callable[[], Result]] = [check_system, check_python]
    if any(check().repair for check in first):
        return first
    sys.path.insert(0, str(ROOT / "src"))
    from amq2.settings import PORTS

    def port_check(program: str, port: int) -> "Callable[[], Result]":
        return lambda: check_port(program, port)

    ports = [port_check(program, port) for program, port in PORTS.items()]
    rest = [check_environment, check_versions, check_server, *ports, check_disk, check_memory]
    return [*first, *rest, check_browser]


def main() -> int:
    """Muestra cada comprobación y, al final, cuántas fallaron."""
    failures = 0
    for check in checks():
        result = check()
        failures += result.repair is not None
        print(result, flush=True)
    print("Tu máquina está lista." if not failures else f"Para reparar: {failures}.")
    return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
