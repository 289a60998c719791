"""La pantalla, con Blocks y una función asincrónica."""

import gradio as gr
import model
import pandas as pd

from amq2.project.patients import COLUMNS

MODEL = model.load()


async def calculate(values):
    patient = {column.name: values[field] for column, field in zip(COLUMNS, fields)}
    for column in COLUMNS:
        value = patient[column.name]
        if (
            value is None
            or not column.minimum <= value <= column.maximum
            or (column.is_whole and value % 1)
        ):
            raise gr.Error(f"Fijate en {column.label} ({column.unit}).", print_exception=False)
    return str(model.predict(MODEL, pd.DataFrame([patient]))[0]).replace(".", ",")


with gr.Blocks() as screen:
    gr.Markdown("# Progresión en un año")
    with gr.Row():
        fields = [gr.Number(label=column.label, precision=None) for column in COLUMNS]
    button = gr.Button("Calcular", variant="primary")
    result = gr.Textbox(label="Progresión", interactive=False)
    button.click(calculate, inputs=set(fields), outputs=result)

if __name__ == "__main__":
    screen.launch()
