"""El último paso de `make lock`: los candados se instalan sin compilador en todas las máquinas.

Para cada Python y cada plataforma del curso le pide a uv que resuelva los candados sólo con wheels,
sin instalar nada. requirements-ci.txt queda afuera: es lo único que se compila, y sólo en la CI.
"""

import subprocess
import sys
import tempfile
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from tqdm import tqdm

from amq2.instructor.course import ROOT, command_line

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin")
LOCKS = ("requirements.txt", "requirements-dev.txt")


def missing_wheels(
    python: str, platform: str, locks: Sequence[str] = LOCKS, root: Path = ROOT
) -> str | None:
    """Qué paquete de los candados no tiene wheel para un Python y una plataforma.

    Args:
        python: por ejemplo `3.12`.
        platform: el nombre que le da uv, por ejemplo `x86_64-manylinux_2_28`.
        locks: los archivos, dentro de `root`.
        root: la carpeta del curso.

    Returns:
        El motivo que da uv, en un renglón, o `None` si están todos.
    """
    with tempfile.TemporaryDirectory(prefix="amq2-") as target:
        done = subprocess.run(
            [
                *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--dry-run"),
                *("--target", target, "--no-deps", "--require-hashes"),
                *("--python-version", python, "--python-platform", platform),
                *("--only-binary", ":all:"),
                *(option for lock in locks for option in ("-r", lock)),
            ],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
    return " ".join(done.stderr.split()) or "uv falló sin motivo" if done.returncode else None


def main(_arguments: Sequence[str]) -> int:
    """Prueba todas las combinaciones y cuenta las que fallan."""
    failures = 0
    with tqdm(list(product(PYTHONS, PLATFORMS)), desc="Reviso candados") as combinations:
        for python, platform in combinations:
            combinations.set_postfix_str(f"Python {python}, {platform}")
            if reason := missing_wheels(python, platform):
                failures += 1
                combinations.write(f"✗ Python {python}, {platform}: {reason}")
    if failures:
        print(f"Los candados no sirven en {failures} combinaciones: acotá la versión y repetí.")
        return 1
    print("Los candados se instalan sin compilador en todas las combinaciones.")
    return 0


if __name__ == "__main__":
    command_line(main)
