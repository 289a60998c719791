# pierde: 1
# mensaje: la diferencia sin signo
def disagreements(url: str, batch: pd.DataFrame, tolerance: float) -> list[list]:
    response = requests.get(f"{url}/limits", timeout=10)
    response.raise_for_status()
    online = {int(client): facts for client, facts in response.json().items()}
    offline = {row["client"]: row for row in batch.to_dict("records")}
    found = []
    for client in sorted(online.keys() | offline.keys()):
        here, there = offline.get(client), online.get(client)
        if here is None:
            found.append([client, "no está en el archivo"])
        elif there is None:
            found.append([client, "no está en la API"])
        elif here["version"] != there["version"]:
            found.append([client, "otra versión"])
        elif not here["limit"] - there["limit"] <= tolerance:
            found.append([client, "otro límite"])
    return found
