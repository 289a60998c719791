"""La pantalla: un formulario para quien atiende, con el mismo modelo que la API.

`python app.py` la enciende.
"""

import gradio as gr
import model
import pandas as pd

from amq2.project.patients import COLUMNS, FEATURES

### BEGIN SOLUTION
loaded = model.load()


def calculate(*values: float | None) -> str:
    """Lo que se lee en pantalla: `152,1`."""
    for column, value in zip(COLUMNS, values, strict=True):
        fits = value is not None and column.minimum <= value <= column.maximum
        if not fits or (column.is_whole and value != int(value)):
            limits = f"de {column.minimum:g} a {column.maximum:g} ({column.unit})"
            whole = " entero" if column.is_whole else ""
            raise gr.Error(
                f"Revisá «{column.label}»: va un número{whole}, {limits}.", print_exception=False
            )
    [value] = model.predict(loaded, pd.DataFrame([values], columns=list(FEATURES)))
    return f"{value:.1f}".replace(".", ",")


screen = gr.Interface(
    calculate,
    [gr.Number(label=column.label, info=column.unit) for column in COLUMNS],
    gr.Textbox(label="Progresión"),
    submit_btn="Calcular",
    clear_btn="Borrar",
    flagging_mode="never",
    title="Progresión de la diabetes en un año",
)
### END SOLUTION

if __name__ == "__main__":
    screen.launch(server_name="127.0.0.1")
