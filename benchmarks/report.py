"""La tabla y las metas: lo mismo que se muestra es lo que se guarda."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import pandas as pd

from benchmarks.load import Sample

CONNECTIONS = 16
PIPELINE, FOREST = "regresión", "bosque de 100"
NAIVE, ALONE, TOGETHER = "1. ingenua", "4. async def", "5. juntar pedidos"
SERVICE, ONNX, WITHOUT_MODEL = "6. servicio", "7. servicio, ONNX", "8. servicio, constante"


@dataclass(frozen=True)
class Case:
    """Un renglón de la tabla: un servidor con un modelo y tantos clientes a la vez."""

    server: str
    model: str
    connections: int = CONNECTIONS


Samples = Mapping[Case, Sequence[Sample]]
"""Lo medido: un Sample por ronda."""

Row = dict[str, Any]


def rows(samples: Samples) -> list[Row]:
    """Un renglón por caso; los pedidos por segundo y los percentiles, la mediana de las rondas."""
    return [_row(case, some, samples) for case, some in samples.items()]


def _row(case: Case, some: Sequence[Sample], samples: Samples) -> Row:
    speeds = [sample.per_second for sample in some]
    naive = Case(NAIVE, case.model, case.connections)
    return {
        "servidor": case.server,
        "modelo": case.model,
        "clientes": case.connections,
        "pedidos/s": round(median(speeds), 1),
        "mínimo": round(min(speeds), 1),
        "máximo": round(max(speeds), 1),
        "veces la ingenua": round(_ratio(samples, case, naive)[0], 2) if naive in samples else None,
        "p50 (ms)": round(median(sample.p50 for sample in some), 2),
        "p99 (ms)": round(median(sample.p99 for sample in some), 2),
        "fallados": sum(sample.failed for sample in some),
    }


def _ratio(samples: Samples, one: Case, other: Case) -> tuple[float, float, float]:
    """Cuántas veces más rápido es uno que otro, ronda por ronda: mediana, menor y mayor."""
    pairs = zip(samples[one], samples[other], strict=True)
    ratios = [mine.per_second / theirs.per_second for mine, theirs in pairs]
    return median(ratios), min(ratios), max(ratios)


def targets(samples: Samples) -> list[Row]:
    """Lo que se le pide al servicio, lo que dio y si cumple."""
    without_model = Case(WITHOUT_MODEL, "ninguno")
    found = []
    for model, times in ((PIPELINE, 15), (FOREST, 30)):
        service, naive = Case(SERVICE, model), Case(NAIVE, model)
        together, alone = Case(TOGETHER, model, 1), Case(ALONE, model, 1)
        found += [
            _at_least(times, samples, service, naive),
            _at_least(0.5, samples, service, without_model),
            _at_least(0.7, samples, Case(ONNX, model), without_model),
            # Un cliente solo espera, como mucho, la mitad más.
            _at_least(round(1 / 1.5, 2), samples, together, alone),
            _shorter_p99(samples, service, naive),
        ]
    failed = sum(sample.failed for some in samples.values() for sample in some)
    return [*found, target("pedidos fallados", "0", (failed, failed, failed), failed == 0)]


def _at_least(wanted: float, samples: Samples, one: Case, other: Case) -> Row:
    ratio = _ratio(samples, one, other)
    clients = "un cliente" if one.connections == 1 else f"{one.connections} clientes"
    name = f"{one.model}, {clients}: «{one.server}» / «{other.server}»"
    return target(name, f">= {wanted:g}", ratio, ratio[0] >= wanted)


def _shorter_p99(samples: Samples, one: Case, other: Case) -> Row:
    mine, theirs = ([sample.p99 for sample in samples[case]] for case in (one, other))
    figures = median(mine), min(mine), max(mine)
    name = f"{one.model}: p99 de «{one.server}» (ms)"
    return target(name, f"< {median(theirs):.4g}", figures, median(mine) < median(theirs))


def target(name: str, wanted: str, figures: tuple[float, float, float], is_met: bool) -> Row:
    """Un renglón de las metas; `figures` son la mediana de las rondas, la menor y la mayor.

    Se muestran con dos decimales; si cumple se mira antes de redondear: 0.795 no es 0.8.
    """
    middle, least, most = (round(each, 2) for each in figures)
    return {
        "meta": name,
        "pide": wanted,
        "medido": middle,
        "menor": least,
        "mayor": most,
        "cumple": is_met,
    }


def table(found: Sequence[Row]) -> str:
    """Los renglones como se ven en la terminal."""
    shown = pd.DataFrame(found)
    if "cumple" in shown:
        shown["cumple"] = shown["cumple"].map({True: "✓", False: "✗"})
    return shown.to_string(index=False, na_rep="", float_format=lambda x: f"{x:g}")
