class Churn:
    def __init__(self, model):
        self.model = model

    def __call__(self, a: float, b: float, c: float) -> str:
        for name, value in (
            ("Compras por mes", a),
            ("Reclamos por año", b),
            ("Meses como cliente", c),
        ):
            if value is None:
                raise gr.Error(f"{name} está vacío")
            if value < 0:
                raise gr.Error(f"{name} no puede ser negativo")
        p = self.model.predict_proba([[a, b, c]])[:, 1].item()
        return str(round(100 * p, 1)).replace(".", ",") + " %"


def churn_screen(model):
    return gr.Interface(
        fn=Churn(model).__call__,
        inputs=[
            gr.Number(label="Compras por mes"),
            gr.Number(label="Reclamos por año"),
            gr.Number(label="Meses como cliente"),
        ],
        outputs=[gr.Text(label="Probabilidad de baja")],
        examples=[[3, 0, 4], [5, 1, 30]],
        cache_examples=False,
        submit_btn=gr.Button("Calcular"),
        clear_btn=gr.ClearButton(value="Borrar"),
        flagging_mode="never",
    )
