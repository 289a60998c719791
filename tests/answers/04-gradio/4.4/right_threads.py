def ask_quotes(url, cars):
    from concurrent.futures import ThreadPoolExecutor

    from gradio_client import Client as GradioClient

    client = GradioClient(url, verbose=False)

    def one(car):
        try:
            return client.predict(car[0], car[1], api_name="/cotizar")
        except AppError:
            return None

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(one, cars))
