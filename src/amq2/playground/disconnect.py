"""Esperar sin tener de rehén a nadie: la espera termina antes si el cliente se va."""

import asyncio

from starlette.types import Receive


async def client_left_within(seconds: float, receive: Receive) -> bool:
    """Espera `seconds` o hasta que el cliente corte, lo que pase primero.

    receive  el de ASGI, con el cuerpo del pedido ya leído. Devuelve True si el cliente se fue.
    """
    try:
        async with asyncio.timeout(seconds):
            while (await receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True
