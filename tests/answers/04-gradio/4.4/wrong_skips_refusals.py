# pierde: 1
# mensaje: AppError, en cada result()
def ask_quotes(url, cars):
    client = Client(url, verbose=False)
    jobs = [client.submit(*car, api_name="/cotizar") for car in cars]
    answers = []
    for job in jobs:
        try:
            answers.append(job.result())
        except AppError:
            pass
    return answers
