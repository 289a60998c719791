"""Lo que hace cada botón: de lo que dio el usuario a lo que ve, o a un error que se entiende."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import gradio as gr
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amq2.app.plots import MEANINGS, percent, plot_contributions, plot_distribution
from amq2.app.portfolio import PortfolioError, read_portfolio, reasons
from amq2.app.scorers import MAX_BATCH, Scorer, ScorerError
from amq2.credit import FEATURES
from amq2.explain import explain

logger = logging.getLogger("amq2.app")

SECONDS_TO_READ = 15
"""Lo que queda a la vista un mensaje de error."""


def score_one(scorer: Scorer) -> Callable[..., str]:
    """«Calcular»: de los siete datos al puntaje, en Markdown."""

    def one(*values: float | None) -> str:
        with _clear_errors():
            rows = _checked(values)
            score = float(scorer.scores(rows)[0])
        return f"## {percent(score)} de probabilidad de no pagar\nModelo {scorer.version}."

    return one


def explain_one(scorer: Scorer) -> Callable[..., tuple[str, Figure]]:
    """«Explicar»: de los siete datos a una frase y un dibujo."""

    def why(*values: float | None) -> tuple[str, Figure]:
        with _clear_errors():
            found = explain(scorer.scores, _checked(values).iloc[0].to_dict())
        biggest, weight = next(iter(found.contributions.items()))
        reason = f"Lo que más pesa: {MEANINGS[biggest]}." if weight else "Es igual al típico."
        text = (
            f"**{percent(found.score)}**, cuando un solicitante típico tiene "
            f"{percent(found.base)}. {reason}"
        )
        return text, plot_contributions(found)

    return why


def score_many(scorer: Scorer) -> Callable[..., Iterator[tuple[str, Figure | None, str]]]:
    """«Calcular la cartera»: de un archivo a un resumen, un dibujo, si hay qué dibujar, y otro."""

    def many(
        path: str | None,
        progress: gr.Progress = gr.Progress(),  # noqa: B008 - así la pide Gradio
    ) -> Iterator[tuple[str, Figure | None, str]]:
        with _clear_errors():
            if path is None:
                raise PortfolioError("Falta el archivo: subí un CSV y volvé a calcular.")
            portfolio = read_portfolio(Path(path))
            good = portfolio.good
            parts = range(0, len(good), MAX_BATCH)
            bar = progress.tqdm(parts, desc="Calculo", unit="mil filas")
            found = [scorer.scores(good.iloc[start : start + MAX_BATCH]) for start in bar]
            scores = np.concatenate([np.empty(0), *found])
        rejected = len(portfolio.table) - len(good)
        text = f"Calculados: **{len(good)}**. Sin calcular: **{rejected}**"
        text += ", con su motivo en el archivo." if rejected else "."
        with tempfile.TemporaryDirectory() as folder:  # se borra cuando Gradio ya hizo su copia
            out = Path(folder) / f"{Path(path).stem}-con-puntajes.csv"
            out.write_text(portfolio.with_scores(scores), encoding="utf-8-sig")  # así lo abre Excel
            yield text, plot_distribution(scores) if len(scores) else None, str(out)

    return many


def _checked(values: tuple[float | None, ...]) -> pd.DataFrame:
    """La fila del formulario.

    Raises:
        PortfolioError: con todo lo que hay que revisar.
    """
    rows = pd.DataFrame([values], columns=list(FEATURES)).astype(float)
    [reason] = reasons(rows)
    if reason:
        raise PortfolioError(f"Revisá estos datos: {reason}.")
    return rows


@contextmanager
def _clear_errors() -> Iterator[None]:
    """Lo previsto se le dice al usuario; lo que no, va al registro y se le pide que avise."""
    try:
        yield
    except (PortfolioError, ScorerError) as error:
        raise _message(str(error)) from None
    except Exception:
        logger.exception("la pantalla falló")
        raise _message("Algo falló de nuestro lado: avisanos.") from None


def _message(text: str) -> gr.Error:
    return gr.Error(
        text, title="No se pudo calcular", duration=SECONDS_TO_READ, print_exception=False
    )
