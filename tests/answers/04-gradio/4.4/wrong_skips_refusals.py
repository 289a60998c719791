# pierde: 1
# mensaje: lo que se rechaza es None
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
