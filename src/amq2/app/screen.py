"""La pantalla: un solicitante, por qué ese puntaje, y una cartera entera."""

import tempfile
from pathlib import Path

import gradio as gr

from amq2.app.actions import explain_one, score_many, score_one
from amq2.app.portfolio import rule
from amq2.app.scorers import Scorer
from amq2.credit import COLUMNS, FEATURES, Column, applicants

WELCOME = """# Puntajes de crédito
La probabilidad de que un solicitante no pague, según el modelo del banco. Los datos son inventados.
"""
KEEP_FILES = (3600, 3600)
"""Cada cuántos segundos se borran los archivos de los usuarios, y desde qué antigüedad."""

USERS_AT_ONCE = 4
FILES_AT_ONCE = 2


def create_screen(scorer: Scorer) -> gr.Blocks:
    """Arma la aplicación; falta publicarla, con `launch` o montada en otra.

    Args:
        scorer: de dónde salen los puntajes.
    """
    people = applicants(4)[list(FEATURES)].to_numpy(object).tolist()
    with gr.Blocks(title="Puntajes de crédito", delete_cache=KEEP_FILES) as screen:
        gr.Markdown(WELCOME)
        with gr.Tab("Un solicitante"):
            with gr.Row():
                fields = [_field(*pair) for pair in zip(COLUMNS, people[0], strict=True)]
            button = gr.Button("Calcular", variant="primary")
            answer = gr.Markdown(elem_id="respuesta")
            gr.Examples(
                people,
                fields,
                label="Ejemplos: elegí uno y se completa el formulario",
            )
            event = button.click(score_one(scorer), fields, answer, api_name="puntaje")
            _empty_on_failure(event, [answer])
        with gr.Tab("Por qué"):
            gr.Markdown("Explica el puntaje del solicitante de la primera pestaña.")
            button = gr.Button("Explicar", variant="primary")
            why, plot = gr.Markdown(), gr.Plot(show_label=False, elem_id="aportes")
            event = button.click(explain_one(scorer), fields, [why, plot], api_name="aportes")
            _empty_on_failure(event, [why, plot])
        with gr.Tab("Una cartera"):
            gr.Markdown(
                f"Subí un CSV con una fila por solicitante y las columnas {', '.join(FEATURES)}."
            )
            gr.DownloadButton("Bajar un ejemplo", _example_file())
            file = gr.File(label="Tu archivo", height=140)
            button = gr.Button("Calcular la cartera", variant="primary")
            summary, histogram = gr.Markdown(), gr.Plot(show_label=False, elem_id="distribucion")
            result = gr.File(label="Tu archivo, con puntajes", interactive=False, height=80)
            outputs = [summary, histogram, result]
            event = button.click(
                score_many(scorer),
                file,
                outputs,
                api_name="cartera",
                concurrency_limit=FILES_AT_ONCE,
                show_progress_on=summary,
            )
            _empty_on_failure(event, outputs)
    screen.queue(default_concurrency_limit=USERS_AT_ONCE)
    return screen


def _empty_on_failure(event: gr.events.Dependency, outputs: list[gr.Component]) -> None:
    """Si no se pudo calcular, que no quede a la vista lo que se calculó antes."""
    event.failure(
        lambda: None if len(outputs) == 1 else [None] * len(outputs),
        outputs=outputs,
        api_visibility="undocumented",
        show_progress="hidden",
    )


def _field(column: Column, value: float) -> gr.Number:
    label = f"{column.meaning.capitalize()} ({column.unit})"
    info = rule(column).split(": va ")[1]
    # Sin `minimum` ni `maximum`: Gradio diría en inglés que el valor no va.
    step = 0.01 if column.name == "debt_ratio" else 1
    return gr.Number(value, label=label, info=info, step=step)


def _example_file() -> str:
    path = Path(tempfile.mkdtemp()) / "cartera-de-ejemplo.csv"
    applicants(50)[list(FEATURES)].to_csv(path)
    return str(path)
