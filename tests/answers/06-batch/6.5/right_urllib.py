from urllib.request import urlopen


def reason(here, there, tolerance):
    if here is None or there is None:
        return "no está en el archivo" if here is None else "no está en la API"
    if here[1] != there["version"]:
        return "otra versión"
    return None if abs(here[0] - there["limit"]) <= tolerance else "otro límite"


def disagreements(url, batch, tolerance):
    with urlopen(f"{url}/limits", timeout=10) as response:
        online = {int(key): value for key, value in json.load(response).items()}
    table = dict(
        zip(batch["client"], zip(batch["limit"], batch["version"], strict=True), strict=True)
    )
    clients = sorted({*online, *table})
    reasons = [(c, reason(table.get(c), online.get(c), tolerance)) for c in clients]
    return [[c, why] for c, why in reasons if why]
