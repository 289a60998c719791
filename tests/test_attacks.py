"""Los ataques más fuertes del catálogo, corregidos como una clase. Todos, en `make stress`."""

import pytest

from amq2.isolation.level import why_not
from tests.attack_catalogue import catalogue
from tests.attack_class import AttackClass
from tests.conftest import not_run

STRONGEST = (
    "active_page",
    "active_text",
    "clear_output",
    "credentials",
    "daemon",
    "fake_reply",
    "hiding_executor",
    "kill_everything",
    "linked_neighbours",
    "memory_bomb_memfd",
    "network_out",
    "memory_bomb_in_children",
    "mocked_numpy",
    "output_many_errors",
    "output_updated",
    "own_namespace",
    "patched_checker_bytecode",
    "read_masters",
    "rebound_import",
    "replayed_photo",
    "skipped_by_tag",
    "write_gradebook",
)


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> AttackClass:
    if reason := why_not():
        not_run(
            f"namespaces ({reason})", "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
        )
    attacks = [attack for attack in catalogue() if attack.name in STRONGEST]
    found = AttackClass(tmp_path_factory.mktemp("ataques"), attacks)
    found.run()
    return found


@pytest.mark.parametrize("name", STRONGEST)
def test_an_attack_gains_nothing_and_is_told_to_the_teacher_when_it_should(
    attacked: AttackClass, name: str
) -> None:
    [attack] = [attack for attack in attacked.attacks if attack.name == name]
    assert attacked.row(attack).problems == []


def test_after_the_attacks_everything_else_is_as_before(attacked: AttackClass) -> None:
    assert attacked.aftermath() == []


def test_who_was_flagged_by_grading_is_in_the_report(attacked: AttackClass) -> None:
    page = (attacked.root / "report.html").read_text("utf-8")
    flags = page[page.index("Para mirar:") - 500 :]
    assert "replayed_photo" in flags
    assert "la entrega cambió amq2.checks._same" in flags
