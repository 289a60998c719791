"""Las puertas del curso: lo que piden VS Code, Codespaces, Binder y un hub es lo que hay."""

import json
import re
from pathlib import Path

import pytest
import yaml
from traitlets.config.loader import PyFileConfigLoader

from amq2.instructor.bundle import bundle_files
from amq2.settings import PORTS, PREFIX_VARIABLES
from tests.browser import ROOT

CONTAINER = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
HUB = ROOT / "src" / "amq2" / "hub"


def test_the_container_names_commands_ports_and_files_that_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for step in ("onCreateCommand", "postAttachCommand"):
        make, target, *_ = CONTAINER[step].split()
        assert make == "make"
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert CONTAINER["forwardPorts"] == [PORTS["JupyterLab"]]
    assert set(CONTAINER["containerEnv"]) <= set(PREFIX_VARIABLES)
    for name in CONTAINER["customizations"]["codespaces"]["openFiles"]:
        assert (ROOT / name).is_file()


def test_what_the_doors_read_goes_to_the_students_and_nothing_hides_it() -> None:
    files = {path.as_posix() for path in bundle_files()}
    assert {".devcontainer/devcontainer.json", "environment.yml", "postBuild"} <= files
    # repo2docker mira la raíz sólo si no hay una de estas carpetas; con un Dockerfile, sólo a él.
    assert not [name for name in files if name.startswith(("binder/", ".binder/", "Dockerfile"))]
    assert not [name for name in files if name.startswith(("src/amq2/hub", "src/amq2/instructor"))]


def lab_config(monkeypatch: pytest.MonkeyPatch, name: str) -> dict[str, object]:
    monkeypatch.setenv("CODESPACE_NAME", name)
    monkeypatch.delenv("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", raising=False)
    loader = PyFileConfigLoader("jupyter_lab_config.py", path=str(ROOT / "src/amq2/lab"))
    return dict(loader.load_config()["ServerApp"])


def test_jupyterlab_accepts_the_address_of_its_codespace_and_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    host = f"buena-letra-{PORTS['JupyterLab']}.app.github.dev"
    assert lab_config(monkeypatch, "buena-letra") == {
        "ip": "127.0.0.1",
        "allow_origin": f"https://{host}",
        "local_hostnames": ["localhost", host],
    }
    assert lab_config(monkeypatch, "") == {"ip": "127.0.0.1"}


def test_the_values_of_the_hub_say_what_its_page_says() -> None:
    values = yaml.safe_load((HUB / "values.yaml").read_text(encoding="utf-8"))
    student = values["singleuser"]
    page = (HUB / "README.md").read_text(encoding="utf-8")
    memory, cpu = student["memory"], student["cpu"]
    row = "| {} | {} | {} |"
    amounts = (memory["guarantee"], memory["limit"])
    guarantee, limit = (amount.replace("G", " GB").replace(".", ",") for amount in amounts)
    assert row.format("memoria", guarantee, limit) in page
    assert row.format("núcleos", str(cpu["guarantee"]).replace(".", ","), cpu["limit"]) in page
    assert f"{student['image']['name']}:{student['image']['tag']}" in page
    [*_, copy] = student["lifecycleHooks"]["postStart"]["exec"]["command"]
    # Las notebooks publicadas, que `make bundle` guarda sin resolver.
    source, target = re.findall(r"/home/jovyan/([.\w]+)/", copy)
    assert (source, target) == (".publicado", "notebooks")
    assert student["storage"]["homeMountPath"] == f"/home/jovyan/{target}"
    assert (ROOT / Path(student["defaultUrl"]).name).is_file()
