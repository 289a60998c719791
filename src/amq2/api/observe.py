"""Lo que rodea a cada pedido: identificador, tope del cuerpo, un renglón de registro y métricas."""

import logging
import re
import secrets
import time

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amq2.problems import Problem, render

logger = logging.getLogger("amq2.api")
logger.addHandler(logging.NullHandler())

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
"""Los tiempos, en segundos, con los que Prometheus estima los percentiles."""

TOO_BIG = "Partí el pedido en varios más chicos."
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class Metrics:
    """Lo que lee Prometheus en /metrics."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        labels = ["method", "route", "status"]
        self.requests = Counter("http_requests", "Pedidos contestados", labels, registry=registry)
        name, about = "http_request_duration_seconds", "Segundos hasta contestar"
        self.seconds = Histogram(name, about, ["route"], registry=registry, buckets=BUCKETS)
        self.scored = Counter("predictions", "Puntajes calculados", registry=registry)


class Observe:
    """Middleware ASGI. Es uno solo, y no un BaseHTTPMiddleware, porque cada capa cuesta tiempo."""

    def __init__(self, app: ASGIApp, metrics: Metrics, max_body_bytes: int) -> None:
        self.app = app
        self.metrics = metrics
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Contesta 413 si el cuerpo es muy grande, lo anuncie o no, y 500 si algo se rompe."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, received, status = time.perf_counter(), 0, 0
        headers = dict(scope["headers"])
        announced = int(headers.get(b"content-length", 0))
        request_id = headers.get(b"x-request-id", b"")
        if not _REQUEST_ID.fullmatch(request_id):  # nada que pueda confundir a un registro
            request_id = secrets.token_hex(16).encode()
        own = [(b"x-request-id", request_id), scope["app"].state.version_header]

        async def limited() -> Message:
            nonlocal received
            message = await receive() if announced <= self.max_body_bytes else {}
            received += len(message.get("body", b""))
            if max(announced, received) > self.max_body_bytes:
                raise Problem(413, TOO_BIG)
            return message

        async def identified(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *own]
            await send(message)

        try:
            await self.app(scope, limited, identified)
        except Exception:
            logger.exception("falla", extra={"request_id": request_id.decode()})
            if status:  # la respuesta ya empezó: sólo queda cortar la conexión
                raise
            await render(Problem(500))(scope, receive, identified)
        finally:
            self._record(scope, status, time.perf_counter() - start, request_id.decode())

    def _record(self, scope: Scope, status: int, seconds: float, request_id: str) -> None:
        """Cada combinación de etiquetas ocupa memoria para siempre: van sólo valores previstos."""
        method, path = scope["method"], scope["path"]
        route = getattr(scope.get("route"), "path", "otra")
        labels = (method if method in METHODS else "otro", route, status)
        self.metrics.requests.labels(*labels).inc()
        self.metrics.seconds.labels(route).observe(seconds)
        if logger.isEnabledFor(logging.INFO):
            fields = {"request_id": request_id, "method": method, "path": path, "status": status}
            logger.info("pedido", extra={**fields, "ms": round(1000 * seconds, 2)})
