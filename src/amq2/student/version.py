"""Una versión del curso: la carpeta o el `.tar.gz` que arma `make bundle`."""

import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from amq2.notebook.files import files_of
from amq2.student.course import LISTING, PUBLISHED, StudentError


@contextmanager
def opened_bundle(source: Path) -> Iterator[Path]:
    """El árbol de una versión del curso, desde su carpeta o su archivo `.tar.gz`.

    Raises:
        StudentError: si no es una versión del curso.
    """
    if not source.exists():
        raise StudentError(f"No existe {source}: decí dónde está la versión nueva, con FROM=…")
    with tempfile.TemporaryDirectory(prefix="amq2-") as temporary:
        folder = source
        if source.is_file():
            try:
                with tarfile.open(source) as archive:
                    # Python 3.11.2 todavía no trae los filtros de la PEP 706.
                    archive.extraction_filter = getattr(tarfile, "data_filter", _as_it_comes)
                    archive.extractall(temporary)
            except (tarfile.TarError, OSError, EOFError):
                raise StudentError(f"{source.name} está dañado: bajalo otra vez.") from None
            folder = next((path.parent for path in Path(temporary).glob(f"*/{PUBLISHED}")), source)
        if not (folder / PUBLISHED / LISTING).is_file():
            raise StudentError(
                f"{source.name} no es una versión del curso: bajá el .tar.gz del campus."
            )
        yield folder


def _as_it_comes(member: tarfile.TarInfo, _path: str) -> tarfile.TarInfo:
    return member


def listing(folder: Path) -> list[str]:
    """Los archivos que trae una versión, menos aquellos en los que trabaja el estudiante."""
    names = (folder / PUBLISHED / LISTING).read_text(encoding="utf-8").split("\n")[:-1]
    return [name for name in names if not name.startswith(PUBLISHED) and not _is_work(name)]


def _is_work(name: str) -> bool:
    """Si es un notebook, que se junta celda por celda, o un archivo que se entrega con él."""
    path = PurePosixPath(name)
    return path.parts[0] == "notebooks" and (
        path.suffix == ".ipynb" or path.name in files_of(path.parent.name)
    )
