def disagreements(url, batch, tolerance):
    answer = requests.get(url + "/limits", timeout=5)
    if answer.status_code != 200:
        raise ConnectionError(f"la API contestó {answer.status_code}")
    rows = [(int(key), each["limit"], each["version"]) for key, each in answer.json().items()]
    online = pd.DataFrame(rows, columns=["client", "limit", "version"])
    online = online.astype({"client": "int64", "limit": float})
    both = online.merge(batch, on="client", how="outer", indicator=True).sort_values("client")
    found = []
    for row in both.to_dict("records"):
        gap = abs(row["limit_x"] - row["limit_y"])
        if row["_merge"] == "left_only":
            why = "no está en el archivo"
        elif row["_merge"] == "right_only":
            why = "no está en la API"
        elif row["version_x"] != row["version_y"]:
            why = "otra versión"
        elif math.isnan(gap) or gap > tolerance:
            why = "otro límite"
        else:
            continue
        found.append((row["client"], why))
    return found
