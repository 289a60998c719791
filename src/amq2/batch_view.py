"""Lo que se mira en la unidad 06: la memoria de un proceso, lo que ve un lector, una página."""

import hashlib
import html
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import HTML
from matplotlib.figure import Figure

from amq2.serving_plots import BLUE, ORANGE

ASK_PEAK = """
import resource
from pathlib import Path

status = Path("/proc/self/status")  # en Linux, lo de este proceso y no lo heredado
if status.exists():
    kilobytes = status.read_text().split("VmHWM:")[1].split()[0]
    print(int(kilobytes) / 1024)
else:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


def fingerprint(path: Path) -> str:
    """Los primeros 12 caracteres del SHA-256 de un archivo, o una raya si no está."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.exists() else "—"


def peak_megabytes(code: str) -> float:
    """Ejecuta `code` en un proceso nuevo y devuelve lo más que ocupó de memoria, en MB.

    Raises:
        RuntimeError: si el proceso termina mal, con el último renglón de su error.
    """
    command = [sys.executable, "-c", code + ASK_PEAK]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"El proceso terminó mal: {done.stderr.strip().splitlines()[-1]}")
    return float(done.stdout.splitlines()[-1])


def measure_peaks(ways: Mapping[str, str], sizes: Mapping[int, Path]) -> pd.DataFrame:
    """La memoria de cada manera con cada archivo, en MB: una columna por manera.

    Args:
        ways: por manera, el programa; `{source!r}` se completa con el archivo.
        sizes: por cantidad de filas, el archivo.
    """
    codes = [way.format(source=str(path)) for path in sizes.values() for way in ways.values()]
    with ThreadPoolExecutor(2) as pool:
        peaks = list(pool.map(peak_megabytes, codes))
    rows = [peaks[at : at + len(ways)] for at in range(0, len(peaks), len(ways))]
    return pd.DataFrame(rows, index=pd.Index(sizes, name="filas"), columns=list(ways))


def plot_peaks(peaks: pd.DataFrame) -> Figure:
    """Lo que da `measure_peaks`, en barras."""
    figure, axes = plt.subplots(figsize=(8, 2.8), layout="constrained")
    names = [f"{n:,} filas".replace(",", ".") for n in peaks.index]
    height = 0.8 / len(peaks.columns)
    for number, (way, color) in enumerate(zip(peaks.columns, (BLUE, ORANGE), strict=True)):
        places = [row + number * height for row in range(len(peaks))]
        hatch = "" if number == 0 else "//"
        bars = axes.barh(places, peaks[way], height, color=color, label=way, hatch=hatch)
        axes.bar_label(bars, fmt="%.0f MB", padding=4)
    axes.set_yticks([row + height * (len(peaks.columns) - 1) / 2 for row in range(len(peaks))])
    axes.set_yticklabels(names)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.45 * float(peaks.max().max()))
    axes.set(title="Lo más que ocupó el proceso", xlabel="memoria (MB)")
    axes.legend(loc="center right")
    return figure


@contextmanager
def watching(look: Callable[[], Hashable]) -> Iterator["Counter[Hashable]"]:
    """Alguien que mira sin parar mientras dura el bloque, en otro hilo.

    Yields:
        Cuántas veces vio cada cosa; se llena mientras mira. Mira por lo menos una vez antes de
        empezar y otra después de terminar.
    """
    seen: Counter[Hashable] = Counter([look()])
    stop = threading.Event()

    def keep_looking() -> None:
        while not stop.is_set():
            try:
                seen[look()] += 1
            except Exception as error:  # noqa: BLE001 - también es algo que vio
                seen[f"{type(error).__name__}: {error}"] += 1

    thread = threading.Thread(target=keep_looking, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()
        seen[look()] += 1


def show_page(path: Path, height: int = 620, title: str = "El informe") -> HTML:
    """Una página HTML de un archivo, adentro del notebook; `title` dice qué es."""
    page = html.escape(path.read_text(encoding="utf-8"), quote=True)
    size = f'width="100%" height="{height}"'
    frame = f'<iframe title="{html.escape(title)}" srcdoc="{page}" {size}></iframe>'
    return HTML(f'<div style="border: 1px solid #999">{frame}</div>')
