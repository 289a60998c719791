"""La tabla y las metas de `benchmarks.batch`."""

from collections.abc import Mapping, Sequence
from statistics import median

from benchmarks.report import Row, target

FRAME, ARRAY, ONE = "predict_proba, tabla", "predict_proba, arreglo", "score_parquet"
SERIAL, PARALLEL, JOINED = "un proceso", "dos procesos", "unir los tramos"
MEMORY = "memoria de un proceso"

Speeds = Mapping[str, tuple[int, Sequence[float]]]
"""De cada caso, cuántas filas puntúa y los segundos de cada ronda."""

Peaks = Mapping[int, Sequence[float]]
"""De cada cantidad de filas, la memoria de cada ronda, en MiB."""


def rows(speeds: Speeds, peaks: Peaks) -> list[Row]:
    """Un renglón por caso: la mediana de las rondas, la menor y la mayor."""
    found: list[Row] = [
        {
            "caso": name,
            "filas": n_rows,
            "millones de filas/s": round(n_rows / median(seconds) / 1e6, 2),
            "mínimo": round(n_rows / max(seconds) / 1e6, 2),
            "máximo": round(n_rows / min(seconds) / 1e6, 2),
            "memoria (MiB)": None,
        }
        for name, (n_rows, seconds) in speeds.items()
    ]
    nothing = dict.fromkeys(("millones de filas/s", "mínimo", "máximo"))
    return found + [
        {"caso": MEMORY, "filas": n_rows, **nothing, "memoria (MiB)": round(median(mebibytes), 1)}
        for n_rows, mebibytes in peaks.items()
    ]


def targets(speeds: Speeds, peaks: Peaks) -> list[Row]:
    """Lo que se le pide, lo que dio y si cumple."""
    small, large = sorted(peaks)[-2:]
    growth = _ratio(peaks[large], peaks[small])
    return [
        _faster(0.8, speeds, ONE, FRAME),
        _faster(0.8, speeds, ONE, ARRAY),
        target(f"memoria: {large:_} filas / {small:_}", "<= 1.2", growth, growth[0] <= 1.2),
        _faster(1.7, speeds, PARALLEL, SERIAL),
    ]


def _faster(wanted: float, speeds: Speeds, one: str, other: str) -> Row:
    """Cuántas veces las filas por segundo del otro; los dos puntúan las mismas filas."""
    ratio = _ratio(speeds[other][1], speeds[one][1])
    return target(f"«{one}» / «{other}»", f">= {wanted:g}", ratio, ratio[0] >= wanted)


def _ratio(ones: Sequence[float], others: Sequence[float]) -> tuple[float, float, float]:
    """Uno sobre otro, ronda por ronda: mediana, menor y mayor."""
    ratios = [one / other for one, other in zip(ones, others, strict=True)]
    return median(ratios), min(ratios), max(ratios)
