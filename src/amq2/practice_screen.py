"""Una pantalla ajena para practicar con un cliente: la que cotiza el seguro de un auto."""

import threading
import time

import gradio as gr

AT_ONCE = 5
RATE, YOUNG_RATE = 0.03, 0.05


class QuoteDesk:
    """La mesa que cotiza. Su pantalla tiene un endpoint, `/cotizar`.

    Args:
        seconds: lo que tarda cada cotización.

    Attributes:
        screen: la pantalla, sin encender.
        most_at_once: cuántas cotizaciones llegó a hacer a la vez; como mucho, `AT_ONCE`.
    """

    def __init__(self, seconds: float = 0.3) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._now = self.most_at_once = 0
        self.screen = gr.Interface(
            self._quote,
            [gr.Number(label="Valor del auto"), gr.Number(label="Edad de quien maneja")],
            gr.Number(label="Prima por año"),
            submit_btn="Cotizar",
            clear_btn="Borrar",
            flagging_mode="never",
            api_name="cotizar",
            concurrency_limit=AT_ONCE,
        )

    def _quote(self, car_value: float, driver_age: float) -> float:
        if not 0 < car_value <= 200_000_000:
            raise _refusal("Aseguramos autos de hasta 200 millones.")
        if not 18 <= driver_age <= 99:
            raise _refusal("Quien maneja tiene que tener de 18 a 99 años.")
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        time.sleep(self._seconds)
        with self._lock:
            self._now -= 1
        return round(car_value * (YOUNG_RATE if driver_age < 25 else RATE), 2)


def _refusal(text: str) -> gr.Error:
    return gr.Error(text, print_exception=False)
