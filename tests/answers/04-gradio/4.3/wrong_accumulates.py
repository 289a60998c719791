# pierde: 1
# mensaje: Dos personas a la vez reciben cada una su archivo.
def portfolio_screen(model):
    found = []

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
        for i in progress.tqdm(range(0, len(table), 100)):
            found.extend(model.predict_proba(table[list(CARD_FEATURES)][i : i + 100])[:, 1])
        target = Path(tempfile.mkdtemp()) / "r.csv"
        table.assign(probability=pd.Series(found).round(4)).to_csv(target, index=False)
        return str(target), f"{len(table)} clientes, {sum(c > 0.5 for c in found)} con más de 50 %"

    with gr.Blocks() as demo:
        file = gr.File(label="Archivo")
        button = gr.Button("Calcular")
        outputs = [gr.File(label="Resultado"), gr.Textbox(label="Resumen")]
        button.click(go, file, outputs)
    return demo
