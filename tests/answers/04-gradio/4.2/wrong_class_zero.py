# pierde: 1
# mensaje: la columna de la clase 1, un decimal y la coma
def churn_screen(model):
    labels = ["Compras por mes", "Reclamos por año", "Meses como cliente"]

    def predict(*values):
        for label, value in zip(labels, values):
            if value is None or value < 0:
                raise gr.Error(f"{label}: de 0 en adelante")
        chance = model.predict_proba(pd.DataFrame([values], columns=list(CARD_FEATURES)))[0, 0]
        return f"{100 * chance:.1f} %".replace(".", ",")

    inputs = [gr.Number(label=label) for label in labels]
    return gr.Interface(
        predict,
        inputs,
        gr.Text(label="Probabilidad de baja"),
        examples=[[1, 2, 3], [2, 3, 4]],
        submit_btn="Calcular",
        clear_btn="Borrar",
        flagging_mode="never",
    )
