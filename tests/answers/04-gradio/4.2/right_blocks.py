def churn_screen(model):
    names = {
        "Compras por mes": "purchases",
        "Reclamos por año": "claims",
        "Meses como cliente": "months_as_customer",
    }

    def predict(purchases, claims, months):
        given = dict(zip(names, (purchases, claims, months)))
        bad = [label for label, value in given.items() if value is None or value < 0]
        if bad:
            raise gr.Error("Hay que corregir: " + ", ".join(bad))
        rows = pd.DataFrame([{names[label]: value for label, value in given.items()}])
        return f"{model.predict_proba(rows)[0][1]:.1%}".replace(".", ",").replace("%", " %")

    with gr.Blocks() as demo:
        fields = [gr.Number(label=label, value=1, precision=0) for label in names]
        out = gr.Textbox(label="Probabilidad de baja")
        gr.Examples([[1, 2, 3], [4, 5, 6], [7, 8, 9]], fields)
        gr.Button("Calcular").click(predict, fields, out)
        gr.ClearButton([*fields, out], value="Borrar")
    return demo
