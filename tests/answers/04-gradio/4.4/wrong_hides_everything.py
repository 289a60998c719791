# pierde: 1
# mensaje: Si en esa dirección no hay una pantalla, sale una excepción.
def ask_quotes(url, cars):
    try:
        client = Client(url, verbose=False)
        jobs = [client.submit(*car, api_name="/cotizar") for car in cars]
    except Exception:
        return [None for _ in cars]
    answers = []
    for job in jobs:
        try:
            answers.append(job.result())
        except Exception:
            answers.append(None)
    return answers
