"""Los archivos que se entregan con un notebook, además de él: cuáles son los de cada unidad."""

from pathlib import Path

FILES: dict[str, tuple[str, ...]] = {
    "07-integrador": ("model.py", "api.py", "app.py", "dag.py", "model.skops"),
}
"""Los de cada unidad que los pide. Los `.py` se publican sin resolver; los demás los hace el
estudiante. Lo que no está acá no se entrega, no se junta y no se corrige."""

MAX_FILE_BYTES = 20_000_000
"""Lo que puede pesar cada uno."""


def files_of(unit: str) -> tuple[str, ...]:
    """Los archivos que se entregan con el notebook de una unidad; casi siempre, ninguno."""
    return FILES.get(unit, ())


def why_refused(path: Path) -> str | None:
    """Por qué un archivo no se puede entregar ni corregir; `None` si se puede."""
    if path.is_symlink():
        return "es un enlace simbólico: hay que copiar el archivo"
    if not path.exists():
        return "no está"
    if not path.is_file():
        return "no es un archivo"
    if path.stat().st_size > MAX_FILE_BYTES:
        return f"pesa más de {MAX_FILE_BYTES // 1_000_000} MB"
    return None
