"""Las sucursales: guardan en SQLite, y lo guardado sobrevive y no se ejecuta."""

from pathlib import Path

import requests

from amq2.branches import branches_api
from amq2.serving import serve


def test_a_branch_is_kept_after_a_restart_whatever_its_name(tmp_path: Path) -> None:
    branch = {"city": "Salta'); DROP TABLE branches; --", "desks": 4}
    with serve(branches_api(tmp_path / "b.db")) as server:
        made = requests.post(f"{server.url}/branches", json=branch, timeout=5)
    assert (made.status_code, made.headers["location"]) == (201, "/branches/1")
    with serve(branches_api(tmp_path / "b.db")) as server:
        assert requests.get(f"{server.url}/branches/1", timeout=5).json() == {"id": 1, **branch}


def test_what_is_not_a_branch_is_said(tmp_path: Path) -> None:
    with serve(branches_api(tmp_path / "b.db")) as server:
        assert requests.get(f"{server.url}/branches/9", timeout=5).status_code == 404
        wrong = {"city": "", "desks": 0}
        assert requests.post(f"{server.url}/branches", json=wrong, timeout=5).status_code == 422
