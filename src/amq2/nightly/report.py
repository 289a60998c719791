"""El informe del día: una sola página, que se abre sin internet y se mira a la mañana."""

import base64
import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import pyarrow.dataset as pads
from matplotlib.figure import Figure

from amq2.credit import FEATURES
from amq2.model import predict_default
from amq2.nightly import report_plots
from amq2.nightly.drift import CHANGED, ENOUGH_ROWS, WATCH, drift, stability_index, training_rows
from amq2.nightly.models import load_version
from amq2.nightly.places import report_file
from amq2.nightly.publication import published_rows, read_published
from amq2.nightly.scoring import PROBABILITY, SHADOW
from amq2.orchestrator.data import replace_file

TEMPLATE = Path(__file__).with_name("report.html.j2")
SHOWN = 20
"""Cuántas filas en cuarentena se muestran; las demás están en su archivo."""

SAMPLE = 5_000
"""Cuántos puntos se dibujan, como mucho, al comparar con el modelo en sombra."""

MOVED = 0.05
"""Desde cuánta diferencia de probabilidad se cuenta que a una solicitud le cambió el puntaje."""


@dataclass(frozen=True)
class Picture:
    """Una figura y qué dice, para quien no la ve."""

    figure: Figure
    alt: str

    @property
    def source(self) -> str:
        """La imagen adentro de la página."""
        buffer = io.BytesIO()
        self.figure.savefig(buffer, format="png", dpi=110)
        return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def write_report(
    day: date,
    quality: Mapping[str, Any],
    clean: Path,
    rejected: Path,
    parts: Sequence[Path],
    shadow: str | None = None,
) -> Path:
    """Escribe el informe de un día ya publicado, en el lugar del que hubiera.

    Args:
        day: el día.
        quality: cómo le fue en el control (`amq2.nightly.quality.Quality.to_dict`).
        clean, rejected: los archivos con las filas buenas y con las malas.
        parts: los archivos con los puntajes, para comparar con el modelo en sombra.
        shadow: la versión que corrió en sombra, si hubo una.
    """
    scores, version = read_published(day)
    probability = scores[PROBABILITY]
    before = pd.Series(predict_default(load_version(version), training_rows()))
    psi = drift(pd.read_parquet(clean, columns=list(FEATURES)))
    psi["puntaje"] = stability_index(before, probability)
    drawn = psi.fillna(0)  # sin filas, no hay con qué comparar
    volumes = published_rows()
    pictures = [
        Picture(
            report_plots.plot_volumes(volumes, str(day)),
            f"Barras: filas publicadas por día; el {day} fueron {volumes[str(day)]}.",
        ),
        Picture(
            report_plots.plot_scores(probability, before),
            f"Histograma de los puntajes: media {_mean(probability)} este día y "
            f"{before.mean():.3f} en el entrenamiento.",
        ),
        Picture(
            report_plots.plot_drift(drawn),
            f"Barras: PSI de cada columna; el mayor, {drawn.idxmax()}, {drawn.max():.3f}.",
        ),
    ]
    # El diccionario viajó por XCom: PostgreSQL lo guarda como JSONB, que no cuida el orden.
    reasons = dict(Counter(quality["reasons"]).most_common())
    if reasons:
        worst = next(iter(reasons.items()))
        picture = report_plots.plot_reasons(reasons)
        pictures.append(Picture(picture, f"Barras: filas por motivo; el primero, {worst[0]}."))
    comparison = _compare(parts, pictures) if shadow and quality["clean"] else None
    page = jinja2.Template(TEMPLATE.read_text(encoding="utf-8"), autoescape=True).render(
        day=day,
        version=version,
        quality=quality,
        mean=probability.mean(),
        psi=psi,
        verdicts={name: _verdict(value, len(scores)) for name, value in psi.items()},
        pictures=pictures,
        rejected=pd.read_csv(rejected).head(SHOWN)[["applicant_id", "why"]].to_dict("records"),
        shadow=shadow,
        comparison=comparison,
    )
    return replace_file(report_file(day), page)


def _compare(parts: Sequence[Path], pictures: list[Picture]) -> dict[str, Any]:
    """Qué cambiaría si el modelo en sombra fuera el activo; agrega su dibujo."""
    both = pads.dataset([str(part) for part in parts]).to_table([PROBABILITY, SHADOW]).to_pandas()
    gap = (both[SHADOW] - both[PROBABILITY]).abs()
    moved = int((gap > MOVED).sum())
    some = both.sample(min(SAMPLE, len(both)), random_state=0)
    figure = report_plots.plot_shadow(some[PROBABILITY], some[SHADOW])
    alt = f"Puntos: puntaje en sombra contra activo; {moved} se apartan más de {MOVED:g}."
    pictures.append(Picture(figure, alt))
    return {"rows": len(both), "mean": gap.mean(), "largest": gap.max(), "moved": moved}


def _mean(values: "pd.Series[float]") -> str:
    return f"{values.mean():.3f}" if len(values) else "–"


def _verdict(psi: float, n_rows: int) -> str:
    if math.isnan(psi):
        return "sin filas"
    if psi <= WATCH:
        return "igual"
    if n_rows < ENOUGH_ROWS:
        return "pocas filas para decir"
    return "mirar" if psi <= CHANGED else "cambió"
