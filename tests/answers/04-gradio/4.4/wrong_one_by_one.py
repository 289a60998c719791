# pierde: 1
# mensaje: no esperes una respuesta para pedir la siguiente
def ask_quotes(url, cars):
    client = Client(url, verbose=False)
    answers = []
    for value, age in cars:
        try:
            answers.append(client.predict(value, age, api_name="/cotizar"))
        except AppError:
            answers.append(None)
    return answers
