# pierde: 4
# mensaje: Hace falta una Interface o unos Blocks de Gradio; llegó NoneType.
def churn_screen(model):
    labels = ["Compras por mes", "Reclamos por año", "Meses como cliente"]

    def predict(*values):
        return "0,0 %"

    gr.Interface(
        predict, [gr.Number(label=label) for label in labels], gr.Text(label="Probabilidad de baja")
    )
