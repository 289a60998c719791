# pierde: 1
# mensaje: Con un índice repetido, cada fila queda del lado que va, con sus columnas.
def separate(payments, max_bad):
    why = pd.Series("", index=payments.index)

    def mark(is_bad, reason):
        for place in payments.index[is_bad]:
            why.loc[place] = why.loc[place] + ("; " if why.loc[place] else "") + reason

    amount = payments["amount"]
    mark(amount.isna(), "sin importe")
    mark((amount <= 0) | (amount > 5_000_000), "importe fuera de rango")
    mark(~payments["currency"].isin(["ARS", "USD"]), "moneda desconocida")
    mark(payments["payment_id"].duplicated(), "repetido")
    bad = payments.assign(why=why)[why != ""]
    if len(bad) > max_bad * len(payments):
        worst = bad["why"].str.split("; ").explode().mode()[0]
        raise ValueError(f"{len(bad)} de {len(payments)}: {worst}")
    return payments[why == ""], bad
