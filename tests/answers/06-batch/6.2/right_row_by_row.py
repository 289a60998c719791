def separate(payments, max_bad):
    seen, good, bad, counts = set(), [], [], Counter()
    for place, row in enumerate(payments.to_dict("records")):
        why = []
        if pd.isna(row["amount"]):
            why.append("sin importe")
        elif not 0 < row["amount"] <= 5_000_000:
            why.append("importe fuera de rango")
        if row["currency"] not in ("ARS", "USD"):
            why.append("moneda desconocida")
        if row["payment_id"] in seen:
            why.append("repetido")
        seen.add(row["payment_id"])
        counts.update(why)
        if why:
            bad.append((place, "; ".join(why)))
        else:
            good.append(place)
    if bad and len(bad) / len(payments) > max_bad:
        raise ValueError(
            f"{len(bad)} filas malas de {len(payments)}, por {counts.most_common(1)[0][0]}"
        )
    places = [place for place, _ in bad]
    return payments.iloc[good], payments.iloc[places].assign(why=[text for _, text in bad])
