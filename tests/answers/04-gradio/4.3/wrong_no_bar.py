# pierde: 1
# mensaje: La barra mostró solo 0 valor(es) distinto(s)
def portfolio_screen(model):
    def go(path, progress=gr.Progress()):
        if path is None:
            raise gr.Error("Falta el archivo.")
        try:
            table = pd.read_csv(path)
        except (ValueError, UnicodeDecodeError):
            raise gr.Error("No es un CSV.")
        missing = [name for name in CARD_FEATURES if name not in table]
        if missing:
            raise gr.Error(f"Faltan {missing}")
        chance = pd.concat(
            [
                pd.Series(model.predict_proba(table[list(CARD_FEATURES)][i : i + 100])[:, 1])
                for i in range(0, len(table), 100)
            ],
            ignore_index=True,
        )
        target = Path(tempfile.mkdtemp()) / "r.csv"
        table.assign(probability=chance.round(4)).to_csv(target, index=False)
        return str(target), f"{len(table)} clientes, {(chance > 0.5).sum()} con más de 50 %"

    with gr.Blocks() as demo:
        file = gr.File(label="Archivo")
        button = gr.Button("Calcular")
        outputs = [gr.File(label="Resultado"), gr.Textbox(label="Resumen")]
        button.click(go, file, outputs)
    return demo
