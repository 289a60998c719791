"""El plugin del curso: lo que Airflow encuentra solo, sin tocar su configuración.

Airflow busca en los paquetes instalados el entry point `airflow.plugins`; el de amq2 está en
pyproject.toml y lleva a `CoursePlugin`. La clase sólo enumera lo que el plugin agrega:

- un timetable, `ArgentineBusinessDays`, para el `schedule` de un DAG;
- las macros, `{{ macros.amq2.previous_business_day(ds) }}`, para los templates;
- una página, «Feriados», en la navegación de la pantalla.

También lo importa cada proceso que ejecuta una tarea, para tener las macros. Por eso la página, que
trae consigo a FastAPI, se importa recién cuando alguien la pide.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from airflow.plugins_manager import AirflowPlugin

from amq2.airflow_plugin import macros
from amq2.airflow_plugin.timetable import ArgentineBusinessDays

PREFIX = "/amq2"
"""Debajo de qué dirección de Airflow queda la página."""


async def page(
    scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    """La aplicación de `amq2.airflow_plugin.page`, importada con el primer pedido."""
    from amq2.airflow_plugin.page import app

    await app(scope, receive, send)


class CoursePlugin(AirflowPlugin):
    """Lo que el curso le agrega a Airflow."""

    name = "amq2"
    timetables = [ArgentineBusinessDays]  # noqa: RUF012 - así los declara Airflow
    macros = [  # noqa: RUF012
        macros.day,
        macros.is_business_day,
        macros.next_business_day,
        macros.previous_business_day,
    ]
    fastapi_apps = [{"app": page, "url_prefix": PREFIX, "name": "Feriados"}]  # noqa: RUF012
    # Sin barra adelante: si Airflow está detrás de un prefijo, la dirección lo conserva.
    external_views = [  # noqa: RUF012
        {
            "name": "Feriados",
            "href": f"{PREFIX[1:]}/",
            "url_route": "feriados",
            "destination": "nav",
            "nav_top_level": True,
        }
    ]
