"""`make site`: arma build/site con Sphinx y dice qué página abrir."""

import io
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from amq2.instructor.course import ROOT, CourseError, command_line
from amq2.instructor.site.diagrams import draw
from amq2.instructor.site.pages import write_pages

SITE = ROOT / "build" / "site"


def build(target: Path = SITE, root: Path = ROOT) -> Path:
    """Arma el sitio en `target`, de cero, y devuelve su primera página.

    Raises:
        CourseError: si a una figura le falta su texto, o si Sphinx avisa de algo.
    """
    shutil.rmtree(target, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="amq2-site-") as temporary:
        source, doctrees = Path(temporary) / "source", Path(temporary) / "doctrees"
        source.mkdir()
        write_pages(source, draw, root)
        warnings = io.StringIO()
        with patch_docutils(), docutils_namespace():
            Sphinx(
                source,
                Path(__file__).parent,
                target,
                doctrees,
                "html",
                status=None,
                warning=warnings,
                freshenv=True,
            ).build(force_all=True)
    if found := warnings.getvalue().strip():
        raise CourseError(f"El sitio tiene algo que arreglar:\n{found}")
    shutil.rmtree(target / "_sources", ignore_errors=True)
    return target / "index.html"


def main(arguments: Sequence[str]) -> int:
    """Arma el sitio, en la carpeta que se diga o en build/site, y dice dónde quedó."""
    page = build(*map(Path, arguments))
    print(f"{os.path.relpath(page)}: abrila en un navegador; la carpeta se puede publicar entera.")
    return 0


if __name__ == "__main__":
    command_line(main)
