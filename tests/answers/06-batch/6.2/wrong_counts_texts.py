# pierde: 1
# mensaje: el motivo que está en más filas
def separate(payments, max_bad):
    amount = payments["amount"]
    marks = {
        "sin importe": amount.isna(),
        "importe fuera de rango": (amount <= 0) | (amount > 5_000_000),
        "moneda desconocida": ~payments["currency"].isin(["ARS", "USD"]),
        "repetido": payments["payment_id"].duplicated(),
    }
    flags = pd.DataFrame({name: mark.to_numpy() for name, mark in marks.items()})
    why = ["; ".join(flags.columns[row]) for row in flags.to_numpy(dtype=bool)]
    is_bad = np.array([bool(text) for text in why], dtype=bool)
    bad = payments[is_bad].assign(why=[text for text in why if text])
    if len(bad) > max_bad * len(payments):
        worst = bad["why"].mode()[0]
        raise ValueError(f"{len(bad)} de {len(payments)}: {worst}")
    return payments[~is_bad], bad
