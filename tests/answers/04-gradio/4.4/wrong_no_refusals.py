# pierde: 1
# mensaje: ask_quotes terminó con AppError
def ask_quotes(url, cars):
    client = Client(url, verbose=False)
    jobs = [client.submit(*car, api_name="/cotizar") for car in cars]
    return [job.result() for job in jobs]
