def separate(payments, max_bad):
    rows = payments.reset_index(drop=True)
    names = ["sin importe", "importe fuera de rango", "moneda desconocida", "repetido"]
    schema = pa.DataFrameSchema(
        {
            "amount": pa.Column(
                nullable=True,
                checks=[
                    pa.Check(lambda x: x.notna(), error=names[0], ignore_na=False),
                    pa.Check(lambda x: (x > 0) & (x <= 5_000_000), error=names[1]),
                ],
            ),
            "currency": pa.Column(
                nullable=True,
                checks=pa.Check(lambda x: x.isin(["ARS", "USD"]), error=names[2], ignore_na=False),
            ),
            "payment_id": pa.Column(checks=pa.Check(lambda x: ~x.duplicated(), error=names[3])),
        }
    )
    marks = []
    try:
        schema.validate(rows, lazy=True)
    except pa.errors.SchemaErrors as error:
        marks = list(zip(error.failure_cases["index"], error.failure_cases["check"], strict=True))
    found = {}
    for place, name in marks:
        found.setdefault(int(place), set()).add(name)
    places = sorted(found)
    if len(places) > max_bad * len(rows):
        worst = Counter(name for _, name in marks).most_common(1)[0][0]
        raise ValueError(f"{len(places)} de {len(rows)}: {worst}")
    texts = ["; ".join(name for name in names if name in found[place]) for place in places]
    good = [place for place in range(len(rows)) if place not in found]
    return payments.iloc[good], payments.iloc[places].assign(why=texts)
