"""Lo que se ve desde afuera: un identificador por pedido, un renglón de registro y las métricas."""

import logging
import re
import time
import uuid

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from amq2.api.problems import Problem

logger = logging.getLogger("amq2.api")
logger.addHandler(logging.NullHandler())

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")


class Metrics:
    """Lo que lee Prometheus en /metrics.

    Cada combinación de etiquetas es una serie que ocupa memoria para siempre: la ruta va como
    está declarada (`/v1/applicants/{id}`) y un método desconocido cuenta como `otro`.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "http_requests",
            "Pedidos contestados",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "http_request_duration_seconds",
            "Segundos hasta contestar",
            ["route"],
            registry=self.registry,
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
        )
        self.in_progress = Gauge(
            "http_requests_in_progress", "Pedidos en curso", registry=self.registry
        )
        self.scored = Counter("predictions", "Puntajes calculados", registry=self.registry)
        self._series: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def record(self, method: str, route: str, status: int, seconds: float) -> None:
        """Cuenta un pedido. Buscar una serie por sus etiquetas cuesta: se hace una sola vez."""
        labels = (method if method in METHODS else "otro", route, status)
        if labels not in self._series:
            self._series[labels] = self._requests.labels(*labels), self._seconds.labels(route)
        requests, durations = self._series[labels]
        requests.inc()
        durations.observe(seconds)


class Observe:
    """Middleware ASGI: identifica, mide y registra cada pedido; ataja lo que nadie atajó."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Agrega X-Request-ID y X-Model-Version a la respuesta, sea cual sea."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        request_id = _request_id(scope)
        headers = [(b"x-request-id", request_id), scope["app"].state.version_header]
        status = 0

        async def identified(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *headers]
            await send(message)

        self.metrics.in_progress.inc()
        try:
            await self.app(scope, receive, identified)
        except Exception:
            logger.exception("falla", extra={"fields": {"request_id": request_id.decode()}})
            if status:  # la respuesta ya empezó: sólo queda cortar la conexión
                raise
            await Problem(500).response()(scope, receive, identified)
        finally:
            self.metrics.in_progress.dec()
            self._record(scope, status, time.perf_counter() - start, request_id)

    def _record(self, scope: Scope, status: int, seconds: float, request_id: bytes) -> None:
        route = getattr(scope.get("route"), "path", "otra")
        self.metrics.record(scope["method"], route, status, seconds)
        if logger.isEnabledFor(logging.INFO):
            fields = {
                "request_id": request_id.decode(),
                "method": scope["method"],
                "path": scope["path"],
                "status": status,
                "ms": round(1000 * seconds, 2),
            }
            logger.info("pedido", extra={"fields": fields})


def _request_id(scope: Scope) -> bytes:
    """El identificador que mandó el cliente, si es corto y no puede confundir a un registro."""
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            return bytes(value)
    return uuid.uuid4().hex.encode()
