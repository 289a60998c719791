"""La pantalla, con Interface."""

import gradio as gr
import model as shared

from amq2.project.patients import COLUMNS, FEATURES

shared.model()


def show(*values):
    patient = dict(zip(FEATURES, values))
    if wrong := shared.problems(patient):
        raise gr.Error("Revisá esto: " + "; ".join(wrong) + ".", print_exception=False)
    return f"{shared.progressions([patient])[0]:.1f}".replace(".", ",")


screen = gr.Interface(
    show,
    [gr.Number(label=column.label, info=column.unit) for column in COLUMNS],
    gr.Text(label="Progresión"),
    submit_btn="Calcular",
    flagging_mode="never",
)
