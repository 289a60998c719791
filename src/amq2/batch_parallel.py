"""Puntuar un Parquet con varios procesos a la vez: cada uno, un tramo de las filas.

Los tramos no dependen entre sí, así que el trabajo se reparte sin acuerdos: un proceso lee sólo sus
filas y deja su archivo, entero o nada. Después, quien quiera uno solo los une:

    parts = score_in_processes(source, folder, {"probability": train()}, processes=2)
    join_parts(parts, Path("scores.parquet"))

Cada proceso usa un solo hilo: dos procesos con dos hilos cada uno, en dos núcleos, se estorban.
"""

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Thread

import pyarrow.parquet as pq
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from amq2.batch import CHUNK_ROWS, Models, score_parquet
from amq2.batch_files import READ_IN_PIECES, BatchError, readable, rows_of, writing

PART_ROWS = 5_000_000
"""Filas de un tramo: bastantes para que llevarlas al disco no se note, y pocas para repartir.

Conviene que un tramo no corte un *row group* de `source`: lo leerían, entero, dos procesos.
"""


def split(rows: range, part_rows: int = PART_ROWS) -> list[range]:
    """Las filas en tramos seguidos de `part_rows`; el último puede ser más corto.

    Sin filas hay un tramo, vacío: lo que se publica existe igual.

    >>> split(range(5), 2)
    [range(0, 2), range(2, 4), range(4, 5)]
    """
    return [rows[start : start + part_rows] for start in range(0, max(len(rows), 1), part_rows)]


def score_in_processes(
    source: Path,
    folder: Path,
    models: Models,
    *,
    processes: int,
    rows: range | None = None,
    part_rows: int = PART_ROWS,
    chunk_rows: int = CHUNK_ROWS,
    metadata: Mapping[str, str] | None = None,
    progress: bool = False,
) -> list[Path]:
    """Como `amq2.batch.score_parquet`, con las filas repartidas entre procesos.

    Args:
        folder: dónde quedan los archivos, `part-00000.parquet` en adelante; tiene que existir.
        processes: cuántos puntúan a la vez; conviene uno por núcleo.
        part_rows: cuántas filas tiene un tramo; los puntajes no dependen de esto.

    Returns:
        Los archivos, en el orden de las filas.

    Raises:
        BatchError: los de `score_parquet`; el de un tramo llega con el mismo texto. Los archivos de
            los tramos que ya estaban quedan.
    """
    parts = split(rows_of(source) if rows is None else rows, part_rows)
    paths = [folder / f"part-{number:05}.parquet" for number in range(len(parts))]
    score = partial(_score_part, source, models, chunk_rows, metadata)
    with (
        workers(processes) as pool,
        tqdm(total=sum(map(len, parts)), desc="Puntúo", unit="fila", disable=not progress) as bar,
    ):
        for n_rows in pool.map(score, paths, parts):
            bar.update(n_rows)
    return paths


def _score_part(
    source: Path,
    models: Models,
    chunk_rows: int,
    metadata: Mapping[str, str] | None,
    path: Path,
    rows: range,
) -> int:
    """Un tramo, en el proceso que le tocó."""
    return score_parquet(source, path, models, rows=rows, chunk_rows=chunk_rows, metadata=metadata)


def join_parts(parts: Sequence[Path], target: Path) -> int:
    """Une los tramos en un Parquet, en orden y de a pedazos; queda entero o como estaba.

    Args:
        parts: uno o más, con las mismas columnas y los mismos metadatos.

    Returns:
        Cuántas filas quedaron.

    Raises:
        BatchError: si uno no se puede leer o no es como el primero, o si `target` no se puede
            escribir.
    """
    with readable(parts[0]):
        schema = pq.read_schema(parts[0])
    n_rows = 0
    with writing(target, schema) as writer:
        for part in parts:
            with readable(part), pq.ParquetFile(part, **READ_IN_PIECES) as file:
                if not file.schema_arrow.equals(schema, check_metadata=True):
                    raise BatchError(
                        f"{part} no tiene las columnas o los metadatos de {parts[0]}: puntualos "
                        "otra vez, con los mismos modelos."
                    )
                for batch in file.iter_batches(CHUNK_ROWS, use_threads=False):
                    writer.write_batch(batch)
                    n_rows += batch.num_rows
    return n_rows


@contextmanager
def workers(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Procesos de un solo hilo cada uno; si algo falla, no se empieza lo que estaba en espera.

    Lanza BatchError si a uno lo matan.

    Nacen de un proceso que ya importó todo (*forkserver*): el primero tarda lo que esos imports, y
    los demás casi nada. No heredan los hilos ni las conexiones de quien los pide.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPoolExecutor(processes, context, initializer=_prepare_worker)
    try:
        yield pool
    except BrokenProcessPool:
        raise BatchError(
            "Murió un proceso (¿alcanza la memoria?): repetí, con menos procesos o menos filas por "
            "pedazo."
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare_worker() -> None:
    """Un solo hilo para calcular; y si a quien reparte lo matan, el proceso no queda huérfano."""
    threadpool_limits(1)
    Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent
    parent.join()
    os._exit(1)
