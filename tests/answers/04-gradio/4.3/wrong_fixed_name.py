# pierde: 1
# mensaje: Calcular no deja archivos en la carpeta de trabajo.
def portfolio_screen(model):
    def go(file, progress=gr.Progress()):
        if not file:
            raise gr.Error("Subí primero un archivo.")
        try:
            rows = pd.read_csv(file, dtype=str, keep_default_na=False)
        except Exception:
            raise gr.Error("No se puede leer: ¿es un CSV?")
        missing = set(CARD_FEATURES) - set(rows)
        if missing:
            raise gr.Error("Faltan: " + " y ".join(sorted(missing)))
        numbers = rows[list(CARD_FEATURES)].astype(float)
        parts = [numbers[i : i + 100] for i in range(0, len(numbers), 100)]
        scores = []
        for done, part in enumerate(parts):
            progress((done, len(parts)), desc="Calculando")
            scores += model.predict_proba(part)[:, 1].tolist()
        rows["probability"] = [round(score, 4) for score in scores]
        out = "resultado.csv"
        rows.to_csv(out, index=False)
        return out, f"{len(rows)} clientes, {sum(s > 0.5 for s in scores)} con más de 50 %"

    return gr.Interface(
        go,
        gr.File(label="Archivo"),
        [gr.File(label="Resultado"), gr.Textbox(label="Resumen")],
        submit_btn="Calcular",
        flagging_mode="never",
    )
