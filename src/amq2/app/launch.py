"""Publicar la pantalla: sola, con usuario y clave, o montada en la API de la unidad 03."""

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr
from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from amq2.settings import HOST

MAX_UPLOAD = "200mb"
"""Mucho más de lo que se lee: así, que un archivo es grande lo explica la pantalla, y no Gradio."""

THEME = gr.themes.Default().set(
    body_text_color_subdued="*neutral_600",
    button_primary_background_fill="*primary_700",
    button_primary_background_fill_hover="*primary_800",
)
"""El de Gradio, con más contraste en los botones y en los textos grises: 4,5 a 1 (WCAG AA)."""

ASK = "Entrá con el usuario y la clave que te dio el banco."


def check_password(users: Mapping[str, str]) -> Callable[[str, str], bool]:
    """Una función que dice si una persona puede entrar.

    Args:
        users: usuario -> clave.
    """

    def is_right(user: str, password: str) -> bool:
        # Compara siempre, y siempre tarda lo mismo: el tiempo no delata qué usuarios existen.
        expected = users.get(user, "")
        return secrets.compare_digest(password.encode(), expected.encode()) and bool(expected)

    return is_right


def launch_options(users: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Lo que la pantalla pide, se publique como se publique.

    Args:
        users: quiénes entran; sin ellos, entra cualquiera que llegue a la dirección.
    """
    return {
        "auth": check_password(users) if users else None,
        "auth_message": ASK if users else None,
        "theme": THEME,
        "footer_links": [],
        "run_history": False,
        "max_file_size": MAX_UPLOAD,
    }


def mount(
    service: FastAPI, screen: gr.Blocks, path: str = "/app", users: Mapping[str, str] | None = None
) -> FastAPI:
    """Agrega la pantalla a una aplicación de FastAPI, en `path`.

    Args:
        service: la aplicación; lo que ya servía sigue igual. Su tope de bytes por pedido vale
            también para los archivos que se suben: en la API del curso, MAX_BODY_BYTES.
        screen: la de `create_screen`.
        path: dónde.
        users: véase `launch_options`.
    """
    options = launch_options(users)
    folder = path.rsplit("/", 1)[-1] + "/"  # relativa: vale también detrás de un prefijo
    service.add_api_route(path, lambda: RedirectResponse(folder), include_in_schema=False)
    return gr.mount_gradio_app(service, screen, path, server_name=HOST, **options)
