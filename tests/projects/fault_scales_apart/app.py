"""La pantalla se olvidó de escalar, y corta el decimal en lugar de redondear."""

import gradio as gr
import model
import pandas as pd

from amq2.project.patients import COLUMNS, FEATURES

loaded = model.load()


def calculate(*values):
    if None in values or min(values) < 0:
        raise ValueError("faltan datos")
    value = loaded.predict(pd.DataFrame([values], columns=list(FEATURES)))[0]
    return f"{int(value * 10) / 10}".replace(".", ",")


screen = gr.Interface(
    calculate,
    [gr.Number(label=column.label) for column in COLUMNS],
    gr.Textbox(label="Progresión"),
    submit_btn="Calcular",
)
