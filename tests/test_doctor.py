"""make doctor: cada cosa que se rompe se nombra, con su reparación."""

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from itertools import pairwise
from pathlib import Path
from socketserver import TCPServer
from urllib.parse import urlsplit

import packaging
import pytest

from amq2.settings import HOST, PORTS
from amq2.student import doctor
from tests.browser import running_lab
from tests.test_setup import clear_lines, files, make, supported_pythons

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "src" / "amq2" / "student" / "doctor.py"
PROXIES = ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY")
READ_ONLY = next(folder for folder in (Path("/proc"), Path("/dev")) if folder.exists())
"""Una carpeta sin lugar en la que ni el administrador crea archivos."""


def run(*command: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Corre un programa sin los proxys de quien prueba, con otras variables."""
    own = {name: value for name, value in os.environ.items() if name not in PROXIES}
    environment = {**own, **changes}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Lo que lee `make doctor`, en otra carpeta y sin entorno."""
    tree = tmp_path / "el curso"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", tree / "src", ignore=ignored)
    for name in ("Makefile", "requirements.txt"):
        shutil.copy(ROOT / name, tree)
    return tree


def build_environment(tree: Path, *paths: Path) -> Path:
    """Un entorno de verdad, que encuentra los módulos de `paths`; devuelve su Python."""
    venv.create(tree / ".venv")
    (tree / ".venv" / "listo-estudiante").touch()
    [packages] = tree.glob(".venv/lib/python*/site-packages")
    (packages / "curso.pth").write_text("\n".join(map(str, paths)), encoding="utf-8")
    return tree / ".venv" / "bin" / "python"


def test_every_line_is_ok_or_a_failure_with_its_repair_and_the_last_one_sums_up() -> None:
    done = run(sys.executable, SCRIPT)
    *lines, summary = done.stdout.splitlines()
    failures = done.stdout.count("[ FALLA ]")
    assert lines[0].startswith("[ OK ]")
    for line, following in pairwise([*lines, ""]):
        assert line.startswith(("[ OK ]", "[ FALLA ]", "    -> "))
        assert following.startswith("    -> ") == line.startswith("[ FALLA ]")
    assert done.returncode == int(failures > 0)
    expected = f"Fallas: {failures} de {len(doctor.CHECKS)}. Reparalas y repetí make doctor."
    assert summary == (expected if failures else "Tu máquina está lista.")
    assert "[ OK ] El entorno está armado, con los paquetes de requirements.txt" in lines


def test_it_runs_with_nothing_but_the_standard_library() -> None:
    done = run(sys.executable, "-S", "-I", SCRIPT)
    assert f"[ OK ] Un servidor en {HOST} contesta" in done.stdout
    assert "[ OK ] El entorno" not in done.stdout
    assert not done.stderr


def test_it_runs_where_the_system_has_no_time_zones() -> None:
    done = run(sys.executable, "-S", SCRIPT, PYTHONTZPATH="")
    assert f"[ OK ] Un servidor en {HOST} contesta" in done.stdout
    assert not done.stderr


def test_the_settings_read_as_text_are_those_of_the_module() -> None:
    assert (doctor.HOST, doctor.PORTS) == (HOST, PORTS)


def test_an_old_python_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))


@pytest.mark.parametrize("minor", range(8, 17))
def test_the_pythons_are_those_of_the_project(minor: int) -> None:
    is_supported = supported_pythons().contains(f"3.{minor}")
    result = doctor.check_python((3, minor))
    assert (result.repair is None) == is_supported
    assert is_supported or "make doctor PYTHON=/ruta/a/python3" in str(result)


@pytest.mark.parametrize(
    ("name", "release", "machine", "folder", "repair"),
    [
        ("Windows", "11", "AMD64", "/c/curso", "wsl --install.*repetí el comando adentro"),
        ("MSYS_NT-10.0-22631", "3.4.10", "x86_64", "/c/curso", "wsl --install"),
        ("MINGW64_NT-10.0", "3.4.10", "x86_64", "/c/curso", "wsl --install"),
        ("CYGWIN_NT-10.0", "3.4.10", "x86_64", "/cygdrive/c/curso", "wsl --install"),
        ("Linux", "4.4.0-19041-Microsoft", "x86_64", "/home/ana/curso", "wsl --set-version"),
        ("Linux", "5.15.1-microsoft-standard-WSL2", "x86_64", "/mnt/c/Mi PC", "mv '/mnt/c/Mi PC'"),
        ("Darwin", "23.1.0", "x86_64", "/Users/ana/curso", "Python para arm64"),
    ],
)
def test_a_system_that_does_not_serve_gets_its_repair(
    name: str, release: str, machine: str, folder: str, repair: str
) -> None:
    result = doctor.check_system(name, release, machine, Path(folder))
    assert re.search(repair, str(result.repair))


@pytest.mark.parametrize(
    ("name", "release", "machine", "folder", "shown"),
    [
        ("Linux", "6.1.0-debian", "x86_64", "/mnt/c/curso", "Linux"),
        ("Linux", "4.19.84-microsoft-standard", "x86_64", "/home/ana/curso", "Windows con WSL2"),
        ("Linux", "6.6.1-microsoft-standard-WSL2", "x86_64", "/mnt/datos", "Windows con WSL2"),
        ("Darwin", "23.1.0", "arm64", "/Users/ana/curso", "macOS"),
    ],
)
def test_linux_wsl2_and_apple_silicon_serve(
    name: str, release: str, machine: str, folder: str, shown: str
) -> None:
    assert doctor.check_system(name, release, machine, Path(folder)) == doctor.Result(shown)


def test_on_windows_nothing_else_is_checked() -> None:
    pretend = "import platform, runpy, sys; platform.system = lambda: 'Windows'; "
    start = "runpy.run_path(sys.argv[1], run_name='__main__')"
    done = run(sys.executable, "-c", pretend + start, SCRIPT)
    assert done.returncode == 1
    assert [line[:9] for line in done.stdout.splitlines()] == [
        "[ FALLA ]",
        "    -> en",
        "Fallas: 1",
    ]


def test_make_sends_windows_to_wsl2_in_one_line(tree: Path) -> None:
    done = make(tree, "doctor", "OS=Windows_NT")
    [line] = (done.stdout + done.stderr).splitlines()
    assert done.returncode != 0
    assert "wsl --install" in line
    assert "repetí el comando adentro" in line


def test_before_there_is_an_environment_it_says_who_builds_it_and_that_is_no_failure(
    tree: Path,
) -> None:
    before = files(tree)
    done = make(tree, "doctor")
    assert "[ AVISO ] El entorno todavía no está armado: lo arma make lab\n" in done.stdout
    failures = done.stdout.count("[ FALLA ]")
    assert (done.returncode == 0) == (failures == 0)
    assert ("Tu máquina está lista." in done.stdout) == (failures == 0)
    assert files(tree) == before


def test_with_no_python_that_serves_make_says_so_in_one_line(tree: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("sh", "cat"):
        (programs / program).symlink_to(str(shutil.which(program)))
    (programs / "python").write_text("#!/bin/sh\nexit 1  # como Python 2\n", encoding="utf-8")
    (programs / "python").chmod(0o755)
    done = make(tree, "doctor", path=str(programs))
    assert done.returncode != 0
    assert clear_lines(done) == ["Hace falta Python 3.11 a 3.14: instalalo y repetí make doctor."]


def test_an_environment_whose_python_is_gone_is_built_again(tree: Path) -> None:
    python = build_environment(tree, tree / "src")
    for program in python.parent.glob("python*"):
        program.unlink()
        program.symlink_to("/no/esta/python3")
    done = make(tree, "doctor")
    assert (
        "El entorno está roto o es de otra carpeta\n    -> rm -rf .venv && make env" in done.stdout
    )


def test_an_environment_of_another_folder_is_built_again(tree: Path) -> None:
    build_environment(tree, ROOT / "src")
    done = make(tree, "doctor")
    assert (
        "El entorno está roto o es de otra carpeta\n    -> rm -rf .venv && make env" in done.stdout
    )


def test_an_environment_without_its_packages_is_built_again(tree: Path) -> None:
    build_environment(tree, tree / "src")
    done = make(tree, "doctor")
    assert "Al entorno le faltan paquetes\n    -> rm -rf .venv && make env" in done.stdout


def test_a_python_that_is_not_the_one_of_the_environment_is_told_so(tree: Path) -> None:
    build_environment(tree, tree / "src")
    done = run(sys.executable, tree / "src" / "amq2" / "student" / "doctor.py")
    assert "[ FALLA ] Este Python no es el del entorno del curso" in done.stdout


def test_the_packages_that_are_not_those_of_the_lock_are_counted_and_three_named(
    tree: Path,
) -> None:
    build_environment(tree, tree / "src", Path(packaging.__file__).parents[1])
    right = "[ OK ] El entorno está armado, con los paquetes de requirements.txt"
    assert right in make(tree, "doctor").stdout
    lock = tree / "requirements.txt"
    lock.write_text(
        "requests==0.1 \\\n    --hash=sha256:00\nfalta-a==1\nfalta-b==1\nfalta-c==1\n"
        "otro-sistema==1 ; sys_platform == 'plan9' \\\n    --hash=sha256:00\n",
        encoding="utf-8",
    )
    done = make(tree, "doctor")
    assert "Paquetes que no son los de requirements.txt: 4; requests (" in done.stdout
    assert "), falta-a (no está), falta-b (no está)\n" in done.stdout
    assert "    -> rm -f .venv/listo-estudiante && make env\n" in done.stdout


class _Blocked(BaseHTTPRequestHandler):
    """Un proxy que a todo contesta con una página suya."""

    def do_GET(self) -> None:
        self.send_response_only(200)
        self.end_headers()
        self.wfile.write(b"Pagina del proxy")


@contextmanager
def listening(handler: type[BaseHTTPRequestHandler] = _Blocked) -> Iterator[int]:
    """Un servidor de otro programa en un puerto libre."""
    with TCPServer((HOST, 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_a_proxy_in_the_middle_is_found_even_if_it_answers() -> None:
    repair = f"    -> export NO_PROXY={HOST},localhost no_proxy={HOST},localhost"
    with listening() as port:
        for proxy in (f"http://{HOST}:{port}", f"http://{HOST}:9"):
            assert repair in run(sys.executable, SCRIPT, HTTP_PROXY=proxy).stdout.splitlines()


def test_the_repair_of_the_proxy_repairs() -> None:
    done = run(
        *(sys.executable, SCRIPT), HTTP_PROXY=f"http://{HOST}:9", NO_PROXY=f"{HOST},localhost"
    )
    assert f"[ OK ] Un servidor en {HOST} contesta" in done.stdout


def test_an_open_jupyterlab_is_no_failure_and_is_told_so(tmp_path: Path) -> None:
    with running_lab(ROOT, tmp_path) as lab:
        port = urlsplit(lab.url).port
        assert port
        expected = doctor.Result(f"Puerto {port}: ya hay un JupyterLab abierto")
        assert doctor.check_jupyterlab_port(port) == expected


def test_jupyterlab_moves_when_another_program_has_its_port() -> None:
    with listening() as port:
        result = doctor.check_jupyterlab_port(port)
        assert "de otro programa: JupyterLab va a tomar el que sigue" in result.what
        assert result.repair is None
    assert doctor.check_jupyterlab_port(port).what == f"Puerto {port} libre, para JupyterLab"


def test_a_taken_port_of_airflow_gets_another_that_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setenv("AIRFLOW_PORT", str(port))
        result = doctor.check_airflow_port()
        assert result.what == f"Puerto {port} ocupado"
        assert result.repair
        assert result.repair.startswith("cerrá ")
        [other] = re.findall(r"export AIRFLOW_PORT=(\d+)$", result.repair)
        if shutil.which("lsof"):
            assert f"(proceso {os.getpid()})" in result.repair
    monkeypatch.setenv("AIRFLOW_PORT", other)
    assert doctor.check_airflow_port() == doctor.Result(f"Puerto {other} libre, para Airflow")


@pytest.mark.parametrize("value", ["ocho", "-1", "70000"])
def test_an_airflow_port_that_is_no_port_is_told_so(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("AIRFLOW_PORT", value)
    assert doctor.check_airflow_port().repair == "unset AIRFLOW_PORT"


def test_a_folder_that_cannot_be_written_gets_its_repair(tmp_path: Path) -> None:
    assert "sudo chown" in str(doctor.check_permission(READ_ONLY).repair)
    assert not doctor.check_permission(tmp_path).repair


def test_a_full_disk_says_how_much_is_needed(tmp_path: Path) -> None:
    full = doctor.Result("0.0 GB libres en el disco", "hacé lugar: hacen falta 3 GB")
    assert doctor.check_disk(READ_ONLY) == full
    assert "GB libres en el disco" in doctor.check_disk(tmp_path).what


def test_little_memory_says_how_much_is_needed() -> None:
    assert "4 GB" in str(doctor.check_memory(minimum=10**6).repair)
    assert not doctor.check_memory(minimum=0).repair


def test_without_a_browser_it_says_what_to_do(tmp_path: Path) -> None:
    done = run(sys.executable, SCRIPT, PATH=str(tmp_path), BROWSER="", DISPLAY="")
    assert "[ FALLA ] No encuentro un navegador" in done.stdout
    assert "    -> copiá en el tuyo la dirección de make lab, y antes: export" in done.stdout
    done = run(sys.executable, SCRIPT, PATH=str(tmp_path), BROWSER="echo %s", DISPLAY="")
    assert "[ OK ] Hay un navegador" in done.stdout
