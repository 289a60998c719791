"""El kernel deja de publicar los errores."""
# señal: los métodos de Session

session = get_ipython().kernel.session
real = session.send


def send(stream, message, *some, **more):
    if message == "error":
        return None
    return real(stream, message, *some, **more)


session.send = send
