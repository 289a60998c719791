"""Un servidor HTTP para jugar: los solicitantes de un banco y todos los rincones del protocolo.

    with playground() as server:
        requests.get(f"{server.url}/applicants", timeout=5)
    server.seen[0].status       # 200
    server.store.items("loans") # []

Cada `playground()` tiene su almacén: lo que pasa en uno no se ve en otro. `GET /` cuenta lo que
hay. Para leer el paquete: `store` y `rules` (los datos), `resources` y `listing` (las colecciones),
`corners` (los experimentos), `faults` y `script` (las fallas a pedido), y `problems`, `routing` y
`negotiation` (las reglas de HTTP que todos usan).
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amq2.playground.corners import ROUTES
from amq2.playground.faults import Fault, chaos
from amq2.playground.resources import Resource
from amq2.playground.routing import Endpoint, route
from amq2.playground.rules import SCHEMAS
from amq2.playground.script import FaultScript, SeenRequest
from amq2.playground.store import Store
from amq2.problems import EXCEPTION_HANDLERS
from amq2.serving import serve

__all__ = ["Fault", "Playground", "SeenRequest", "Store", "chaos", "playground", "trial"]

Client = Callable[[str, str], Any]

GZIP_MINIMUM = 500  # bytes: lo más corto no vale la pena comprimirlo


@dataclass(frozen=True)
class Playground:
    """Un playground en marcha.

    url    dirección base, sin barra final.
    port   el puerto en el que escucha.
    seen   los pedidos que llegaron, en orden; se va llenando.
    store  los datos: `store.items("applicants")` es una lista de diccionarios.
    """

    url: str
    port: int
    seen: list[SeenRequest]
    store: Store


@contextmanager
def playground(
    faults: Iterable[Fault] = (),
    *,
    applicants: int = 23,
    loans: int = 0,
    payments: int = 0,
    links: Literal["absolute", "relative"] = "absolute",
) -> Iterator[Playground]:
    """Sirve un playground nuevo mientras dura el bloque `with`.

    faults      una falla por pedido, en orden de llegada; cuando se terminan, todo anda bien.
    applicants  cuántas personas de muestra hay en /applicants.
    loans       cuántos préstamos de muestra hay en /loans.
    payments    cuántas cuotas pagadas de muestra hay en /payments.
    links       cómo van las direcciones de Link: "absolute" (con http://…) o "relative".

    Levanta lo mismo que `amq2.serving.serve`.
    """
    store = Store({"applicants": applicants, "loans": loans, "payments": payments})
    script = FaultScript(build_app(store, links), faults)
    with serve(script) as server:
        yield Playground(server.url, server.port, script.seen, store)


def trial(client: Client, *, requests: int = 40, seed: int = 0) -> dict[str, int]:
    """Le hace `requests` pedidos a un servidor que falla al azar y cuenta cómo le fue al cliente.

    client  una función `client(method, url)` que devuelve algo con `status_code`.
    seed    el azar de las fallas: con la misma, todos los clientes enfrentan el mismo servidor.

    Devuelve cuántos pedidos terminaron «bien», «con error» y «sin respuesta». Si el cliente todavía
    no está escrito (NotImplementedError), avisa y devuelve ceros.
    """
    counts = {"bien": 0, "con error": 0, "sin respuesta": 0}
    with playground(chaos(seed)) as server:
        for _ in range(requests):
            try:
                answer = client("GET", f"{server.url}/applicants/1")
            except NotImplementedError:
                print("Este cliente todavía no está: completalo y ejecutá la celda otra vez.")
                return counts
            except Exception:  # noqa: BLE001 - cada biblioteca tiene sus excepciones
                counts["sin respuesta"] += 1
            else:
                counts["bien" if answer.status_code == 200 else "con error"] += 1
    return counts


def build_app(store: Store, links: Literal["absolute", "relative"] = "absolute") -> Starlette:
    """La aplicación ASGI, sin servidor ni fallas."""
    routes = [route("/", "Este índice.", GET=index)]
    for name in SCHEMAS:
        routes += Resource(name).routes()
    app = Starlette(
        routes=routes + ROUTES,
        middleware=[Middleware(GZipMiddleware, minimum_size=GZIP_MINIMUM)],
        exception_handlers=EXCEPTION_HANDLERS,
    )
    app.router.redirect_slashes = False
    app.state.store = store
    app.state.links = links
    app.state.created = {}  # lo creado con cada Idempotency-Key
    app.state.flaky_counts = {}
    app.state.limited_times = []
    return app


async def index(request: Request) -> Response:
    """200 con la lista de rutas: camino, métodos y para qué sirve cada una."""
    endpoints = []
    for each in request.app.routes:
        if isinstance(each, Route) and isinstance(each.endpoint, Endpoint):
            entry = {"path": each.path_format, "methods": each.endpoint.methods}
            endpoints.append({**entry, "about": each.endpoint.about})
    return JSONResponse(endpoints)
