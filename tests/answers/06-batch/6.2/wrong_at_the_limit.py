# pierde: 2
# mensaje: justo en el límite, pasa
def separate(payments: pd.DataFrame, max_bad: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    amount = payments["amount"]
    found = {
        "sin importe": amount.isna(),
        "importe fuera de rango": (amount <= 0) | (amount > 5_000_000),
        "moneda desconocida": ~payments["currency"].isin(["ARS", "USD"]),
        "repetido": payments["payment_id"].duplicated(),
    }
    reasons = [
        [why for why, is_so in zip(found, row, strict=True) if is_so]
        for row in zip(*found.values(), strict=True)
    ]
    is_bad = np.array([bool(each) for each in reasons], dtype=bool)
    n_bad = int(is_bad.sum())
    if n_bad >= max_bad * len(payments):
        [(worst, _)] = Counter(why for each in reasons for why in each).most_common(1)
        raise ValueError(f"No sirven {n_bad} de {len(payments)} pagos; lo más visto: {worst}.")
    texts = ["; ".join(each) for each in reasons if each]
    return payments[~is_bad], payments[is_bad].assign(why=texts)
