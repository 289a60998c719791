def portfolio_screen(model):
    def load(path):
        if path is None:
            raise gr.Error("Elegí un archivo.")
        try:
            table = pd.read_csv(path)
        except ValueError:
            raise gr.Error("No es un CSV que se pueda leer.")
        lost = [c for c in CARD_FEATURES if c not in table.columns]
        if lost:
            raise gr.Error(f"Al archivo le falta: {lost}")
        return table

    def work(table, progress=gr.Progress(track_tqdm=False)):
        pieces = []
        for start in progress.tqdm(list(range(0, len(table), 100))):
            piece = table.iloc[start : start + 100]
            pieces.append(
                pd.Series(model.predict_proba(piece[list(CARD_FEATURES)])[:, 1], index=piece.index)
            )
        chance = pd.concat(pieces)
        path = Path(tempfile.mkdtemp(), "listo.csv")
        table.assign(probability=chance.round(4)).to_csv(path, index=False)
        return path.as_posix(), "{} clientes, {} con más de 50 %".format(
            len(table), (chance > 0.5).sum()
        )

    with gr.Blocks() as demo:
        state = gr.State()
        with gr.Row():
            gr.UploadButton("Elegir", label="Otro")
            archivo = gr.File(label="Archivo")
        boton = gr.Button("Calcular")
        resumen = gr.Text(label="Resumen")
        salida = gr.File(label="Resultado")
        boton.click(load, [archivo], [state]).success(work, [state], [salida, resumen])
    return demo
