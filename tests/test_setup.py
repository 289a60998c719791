"""La instalación: candados completos, versiones que coinciden y errores que se entienden."""

import json
import os
import re
import shutil
import subprocess
import tomllib
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCKS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-ci.txt",
    "benchmarks/requirements.txt",
)
ALONE = "benchmarks/peers.txt"
"""El candado de un entorno aparte: no tiene por qué coincidir con los demás."""
INSTALLED = LOCKS[:2]
REQUIRED = (
    "jupyterlab",
    "nbgrader",
    "scikit-learn",
    "fastapi",
    "gradio",
    "apache-airflow>=3.3.2",
    "requests",
    "pytest",
    "nbval",
)
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
UNSUPPORTED = ("3.10", "3.15")


def entries(lock: str) -> list[str]:
    """Los renglones de un candado, cada uno con sus hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def requirements(lock: str) -> list[Requirement]:
    return [Requirement(entry.partition("--hash")[0].strip()) for entry in entries(lock)]


def pyproject() -> dict[str, dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("lock", [*LOCKS, ALONE])
def test_a_lock_pins_every_package_with_its_hashes(lock: str) -> None:
    assert entries(lock)
    assert not [entry[:60] for entry in entries(lock) if "--hash=sha256:" not in entry]
    loose = [
        requirement.name
        for requirement in requirements(lock)
        if [specifier.operator for specifier in requirement.specifier] != ["=="]
    ]
    assert not loose


@pytest.mark.parametrize("lock", [*LOCKS, ALONE])
def test_a_lock_names_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r"\w+://\S+|^-.*|^\S+ @ .*", text, re.MULTILINE)


@pytest.mark.parametrize("wanted", REQUIRED)
def test_the_students_lock_has_what_the_course_promises(wanted: str) -> None:
    requirement = Requirement(wanted)
    found = [one for one in requirements("requirements.txt") if one.name == requirement.name]
    assert found
    for one in found:
        [pinned] = one.specifier
        assert requirement.specifier.contains(pinned.version)


def test_the_locks_agree_with_each_other() -> None:
    students = {str(one).partition(";")[0].strip() for one in requirements(LOCKS[0])}
    names = {one.name for one in requirements(LOCKS[0])}
    for lock in LOCKS[1:]:
        shared = [one for one in requirements(lock) if one.name in names]
        different = [
            str(one) for one in shared if str(one).partition(";")[0].strip() not in students
        ]
        assert not different


def test_what_is_installed_is_what_the_locks_say() -> None:
    different = []
    for lock in INSTALLED:
        for requirement in requirements(lock):
            if requirement.marker and not requirement.marker.evaluate():
                continue
            try:
                installed = version(requirement.name)
            except PackageNotFoundError:
                installed = "no está"
            if not requirement.specifier.contains(installed, prereleases=True):
                different.append(f"{requirement}: {installed}")
    assert not different


def test_conda_gives_python_and_the_lock_gives_the_rest() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    [python, pip, packages] = environment["dependencies"]
    assert environment["name"] == "amq2"
    assert environment["channels"] == ["conda-forge"]
    assert SpecifierSet(python.removeprefix("python")) == supported_pythons()
    assert pip == "pip"
    assert packages == {"pip": ["-r requirements.txt"]}


def supported_pythons() -> SpecifierSet:
    return SpecifierSet(str(pyproject()["project"]["requires-python"]))


def test_the_project_supports_these_pythons_and_no_other() -> None:
    assert all(supported_pythons().contains(python) for python in PYTHONS)
    assert not any(supported_pythons().contains(python) for python in UNSUPPORTED)
    names = {canonicalize_name(one.name) for one in requirements("requirements.txt")}
    assert canonicalize_name("amq2") not in names


def fake_python(path: Path, python: str) -> Path:
    """Un «Python» que contesta si su versión sirve, como contestaría el de verdad."""
    major, minor = python.split(".")
    path.write_text(
        f"#!{shutil.which('python3')}\n"
        "import sys\n"
        f"sys.version_info = ({major}, {minor}, 0)\n"
        "exec(sys.argv[2])\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def bare_tree(tmp_path: Path) -> Path:
    """Lo que hace falta para `make env`, en otra carpeta y sin entorno."""
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in ("Makefile", "instructor.mk", "pyproject.toml", *LOCKS):
        (tree / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tree / name)
    return tree


def make(tree: Path, *arguments: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
    # Sin las variables con las que un make le habla a otro: este empieza de cero.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    environment.pop("MFLAGS", None)
    if path is not None:
        environment["PATH"] = path
    return subprocess.run(
        [str(shutil.which("make")), "--no-print-directory", *arguments],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def files(tree: Path) -> set[Path]:
    return set(tree.rglob("*"))


@pytest.mark.parametrize("python", UNSUPPORTED)
def test_an_unsupported_python_gets_one_clear_line_and_nothing_is_written(
    bare_tree: Path, tmp_path: Path, python: str
) -> None:
    before = files(bare_tree)
    done = make(bare_tree, "env", f"PYTHON={fake_python(tmp_path / 'python', python)}")
    assert done.returncode != 0
    assert clear_lines(done) == [
        "Hace falta Python 3.11 a 3.14: instalalo, o decí cuál usar con "
        "'make env PYTHON=/ruta/a/python3'."
    ]
    assert files(bare_tree) == before


def test_no_python_at_all_gets_the_same_line(bare_tree: Path, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for program in ("sh", "uname", "cat", "awk", "sed"):
        (programs / program).symlink_to(str(shutil.which(program)))
    before = files(bare_tree)
    done = make(bare_tree, "env", path=str(programs))
    assert done.returncode != 0
    assert len(clear_lines(done)) == 1
    assert "Hace falta Python 3.11 a 3.14" in done.stderr
    assert files(bare_tree) == before


def clear_lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    """Lo que se lee en la terminal, sin el renglón con el que make mismo avisa que paró."""
    lines = (done.stdout + done.stderr).splitlines()
    return [line for line in lines if line.strip() and not line.startswith("make: ***")]


@pytest.mark.parametrize("python", PYTHONS)
def test_the_makefile_accepts_the_supported_pythons(tmp_path: Path, python: str) -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    supported = re.search(r"^SUPPORTED := (.+)$", text, re.MULTILINE)
    assert supported
    fake = fake_python(tmp_path / "python", python)
    assert subprocess.run([fake, "-c", supported[1]], check=False).returncode == 0


def test_make_help_lists_every_target_with_a_line() -> None:
    text = "".join(
        (ROOT / name).read_text(encoding="utf-8") for name in ("Makefile", "instructor.mk")
    )
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))
    listing = make(ROOT, "help").stdout
    listed = re.findall(r"^  make (\S+) +\S.*$", listing, re.MULTILINE)
    assert {"env", "lab", "test", "release", "grade"} <= targets
    assert sorted(listed) == sorted(targets)
    assert len(listing.splitlines()) == len(targets)


def test_the_settings_of_jupyterlab_are_valid_json() -> None:
    folder = ROOT / "src" / "amq2" / "lab" / "labconfig"
    names = {path.name for path in folder.glob("*.json") if json.loads(path.read_text("utf-8"))}
    assert names == {"default_setting_overrides.json", "page_config.json"}


def test_binder_gets_the_same_settings_of_jupyterlab(tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "pip").write_text("#!/bin/sh\n", encoding="utf-8")
    (programs / "pip").chmod(0o755)
    environment = {
        "PATH": f"{programs}:{os.environ['PATH']}",
        "NB_PYTHON_PREFIX": str(tmp_path / "prefix"),
    }
    for _ in range(2):
        subprocess.run([ROOT / "postBuild"], cwd=ROOT, env=environment, check=True)
    config = tmp_path / "prefix" / "etc" / "jupyter"
    for name in (
        "jupyter_lab_config.py",
        "jupyter_server_config.json",
        "labconfig/page_config.json",
        "labconfig/default_setting_overrides.json",
    ):
        assert (config / name).read_bytes() == (ROOT / "src/amq2/lab" / name).read_bytes()
