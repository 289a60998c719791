"""Puntuar un Parquet con varios procesos a la vez: cada uno, un tramo de las filas.

Los tramos no dependen entre sí, así que el trabajo se reparte sin acuerdos: un proceso lee sólo
sus filas y deja los puntajes en un archivo de paso, tal como están en memoria; el que reparte los
une en orden, con sus identificadores, mientras se puntúan los que siguen.

Cada proceso usa un solo hilo: dos procesos con dos hilos cada uno, en dos núcleos, se estorban.
"""

import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from amq2.batch import CHUNK_ROWS, Models, output_schema, scored
from amq2.batch_files import ID, batches, rows_of, writing

PART_ROWS = 1_000_000
"""Filas de un tramo: bastantes para que repartirlo no se note, y pocas para que nadie espere.

Conviene que un tramo no corte un *row group* de `source`: lo leerían, entero, dos procesos.
"""


Result = TypeVar("Result")


def split(rows: range, part_rows: int) -> list[range]:
    """Las filas en tramos seguidos de `part_rows`; el último puede ser más corto.

    >>> split(range(5), 2)
    [range(0, 2), range(2, 4), range(4, 5)]
    """
    return [rows[start : start + part_rows] for start in range(0, len(rows), part_rows)]


def score_in_processes(
    source: Path,
    target: Path,
    models: Models,
    *,
    processes: int,
    rows: range | None = None,
    part_rows: int = PART_ROWS,
    chunk_rows: int = CHUNK_ROWS,
    metadata: Mapping[str, str] | None = None,
    progress: bool = False,
) -> int:
    """Como `amq2.batch.score_parquet`, con las filas repartidas entre procesos.

    Args:
        processes: cuántos puntúan a la vez; conviene uno por núcleo.
        part_rows: cuántas filas tiene un tramo; los puntajes no dependen de esto.

    Returns:
        Cuántas filas se puntuaron.

    Raises:
        BatchError: los de `score_parquet`; el de un tramo llega con el mismo texto.
    """
    rows, ahead = rows_of(source) if rows is None else rows, 2 * processes
    with (
        workers(processes) as pool,
        writing(target, output_schema(models, metadata)) as writer,
        tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder,
        tqdm(total=len(rows), desc="Puntúo", unit="fila", disable=not progress) as bar,
    ):
        # Un tramo escribe sobre el archivo de uno que ya se unió: no hay nunca más que `ahead`.
        paths = [Path(folder, str(i)) for i in range(ahead)]
        for path in paths:
            path.touch()
        parts = split(rows, part_rows)
        jobs = [(source, p, models, part, chunk_rows) for p, part in zip(cycle(paths), parts)]
        for path, part in in_order(pool, _score_part, jobs, ahead):
            scores = np.fromfile(path, count=len(part) * len(models)).reshape(len(part), -1)
            for ids in batches(source, [ID], part, chunk_rows):
                some, scores = scores[: len(ids)], scores[len(ids) :]
                columns = [ids.column(ID), *some.T.copy()]
                writer.write_batch(pa.record_batch(columns, schema=writer.schema))
                bar.update(len(some))
    return len(rows)


def in_order(
    pool: Executor, work: Callable[..., Result], jobs: Iterable[Sequence[Any]], ahead: int
) -> Iterator[Result]:
    """Lo que devuelve cada trabajo, en orden, con a lo sumo `ahead` empezados y sin entregar.

    Es `pool.map` sin pedir todo de una vez: si quien recibe tarda, los demás lo esperan.
    """
    waiting: deque[Future[Result]] = deque()
    for job in jobs:
        if len(waiting) == ahead:
            yield waiting.popleft().result()
        waiting.append(pool.submit(work, *job))
    while waiting:
        yield waiting.popleft().result()


@contextmanager
def workers(processes: int) -> Iterator[ProcessPoolExecutor]:
    """Procesos de un solo hilo cada uno; si algo falla, no se empieza lo que estaba en espera.

    Nacen de un proceso que ya importó todo (*forkserver*): el primero tarda lo que esos imports, y
    los demás casi nada. No heredan los hilos ni las conexiones de quien los pide.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    pool = ProcessPoolExecutor(processes, context, initializer=_prepare_worker)
    try:
        yield pool
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


def _score_part(
    source: Path, path: Path, models: Models, rows: range, chunk_rows: int
) -> tuple[Path, range]:
    """Deja los puntajes de un tramo en `path`: float64, una fila de la tabla tras otra."""
    with path.open("r+b", buffering=0) as file:
        for _, scores in scored(source, models, rows, chunk_rows):
            file.write(np.column_stack(scores).data)
    return path, rows
