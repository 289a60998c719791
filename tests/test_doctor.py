"""make doctor: cada cosa que se rompe se nombra, con su reparación."""

import os
import shutil
import socket
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from amq2.settings import PORTS
from amq2.student import doctor

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "src" / "amq2" / "student" / "doctor.py"


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_line_is_ok_or_a_failure_with_its_repair() -> None:
    done = run(sys.executable, str(SCRIPT))
    lines = done.stdout.splitlines()
    assert lines[0].startswith("[ OK ]")
    for line, following in pairwise(lines):
        assert line.startswith(("[ OK ]", "[ FALLA ]", "          -> "))
        assert following.startswith("          -> ") == line.startswith("[ FALLA ]")
    assert done.returncode == int("[ FALLA ]" in done.stdout)
    assert "[ OK ] Los paquetes son los del candado" in lines


def test_it_runs_with_nothing_but_the_standard_library() -> None:
    done = run(sys.executable, "-S", "-E", str(SCRIPT))
    assert "[ FALLA ] Los paquetes del curso no están\n          -> make env" in done.stdout
    assert not done.stderr


@pytest.mark.parametrize(
    ("name", "release", "folder", "repair"),
    [
        ("Windows", "11", "/c/curso", "wsl --install"),
        ("MSYS_NT-10.0", "3.4", "/c/curso", "wsl --install"),
        ("Linux", "4.4.0-19041-Microsoft", "/home/ana/curso", "wsl --set-version"),
        ("Linux", "6.6.1-microsoft-standard-WSL2", "/mnt/c/curso", "mv /mnt/c/curso ~/"),
    ],
)
def test_a_system_that_does_not_serve_gets_its_repair(
    name: str, release: str, folder: str, repair: str
) -> None:
    assert repair in str(doctor.check_system(name, release, Path(folder)))


def test_wsl2_and_linux_serve() -> None:
    home = Path("/home/ana/curso")
    assert not doctor.check_system("Linux", "6.6.1-microsoft-standard-WSL2", home).repair
    assert not doctor.check_system("Linux", "6.1.0-debian", home).repair


def test_a_taken_port_is_named_with_another_to_use() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert f"AIRFLOW_PORT={port + 1}" in str(doctor.check_port("Airflow", port))
        assert not doctor.check_port("JupyterLab", port).repair
    assert not doctor.check_port("Airflow", port).repair
    assert set(PORTS) == {"JupyterLab", "Airflow"}


def test_a_proxy_in_the_middle_is_found() -> None:
    proxy = "http://127.0.0.1:9"
    done = run(
        sys.executable, str(SCRIPT), http_proxy=proxy, HTTP_PROXY=proxy, no_proxy="", NO_PROXY=""
    )
    assert "-> export NO_PROXY=127.0.0.1,localhost" in done.stdout
    done = run(sys.executable, str(SCRIPT), http_proxy=proxy, no_proxy="127.0.0.1,localhost")
    assert "[ OK ] Un servidor en 127.0.0.1 contesta" in done.stdout


def test_a_package_that_is_not_the_one_of_the_lock_is_named(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.txt"
    lock.write_text("requests==0.1 \\\n    --hash=sha256:00\nno-existe==1\n", encoding="utf-8")
    result = doctor.check_versions(lock)
    assert "2 paquetes no son los del candado: requests (" in result.what
    assert "no-existe (no está)" in result.what
    assert result.repair == "rm .venv/listo-estudiante; make env"


def test_an_environment_that_is_missing_or_of_another_folder_is_rebuilt(tmp_path: Path) -> None:
    assert doctor.check_environment(tmp_path).repair == "make env"
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "listo-estudiante").touch()
    (tmp_path / ".venv" / "carpeta").write_text("/otra\n", encoding="utf-8")
    assert doctor.check_environment(tmp_path).repair == "make env"
    (tmp_path / ".venv" / "carpeta").write_text(f"{tmp_path}\n", encoding="utf-8")
    assert not doctor.check_environment(tmp_path).repair


def test_without_a_browser_it_says_what_to_do(tmp_path: Path) -> None:
    done = run(sys.executable, str(SCRIPT), PATH=str(tmp_path), BROWSER="", DISPLAY="")
    assert "No encuentro un navegador" in done.stdout
    assert "copiá en el tuyo la dirección" in done.stdout


def test_it_runs_before_there_is_an_environment_and_makes_none(tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.txt", "src"):
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MAKE")}
    done = subprocess.run(
        ["make", "--no-print-directory", "doctor"],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "[ FALLA ] El entorno todavía no está armado" in done.stdout
    assert "          -> make env" in done.stdout
    assert not (tmp_path / ".venv").exists()
