def ask_quotes(url, cars):
    client = Client(url)
    jobs = []
    for value, age in cars:
        jobs.append(client.submit(car_value=value, driver_age=age, api_name="/cotizar"))
    answers = []
    for job in jobs:
        try:
            answers.append(job.result(timeout=30))
        except AppError:
            answers.append(None)
    return answers
