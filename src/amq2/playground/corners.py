"""Los rincones de HTTP que una colección no muestra: cada ruta es un experimento.

Redirecciones, estados a pedido, permisos, lentitud, fallas pasajeras, límites, subidas y caídas.
"""

import hashlib
import time

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from amq2.playground.disconnect import client_left_within
from amq2.playground.routing import route, route_any
from amq2.problems import Problem

REDIRECTS = (301, 302, 303, 307, 308)
TOKENS = {"lectura": ("GET", "HEAD"), "administracion": ("GET", "HEAD", "DELETE")}
MAX_SECONDS = 30.0
WINDOW_REQUESTS, WINDOW_SECONDS = 3, 1
MAX_UPLOAD = 1_000_000  # bytes


async def echo(request: Request) -> Response:
    """200 con el pedido tal como lo vio el servidor."""
    query = f"?{request.url.query}" if request.url.query else ""
    body = (await request.body()).decode("utf-8", "replace")
    seen = {"method": request.method, "path": request.url.path + query}
    return JSONResponse({**seen, "headers": dict(request.headers), "body": body})


async def old_applicants(request: Request) -> Response:
    """301: la dirección cambió para siempre (RFC 9110, 15.4.2)."""
    return Response(status_code=301, headers={"Location": "/applicants"})


async def redirect(request: Request) -> Response:
    """Manda a /echo con el estado pedido: con cuáles cambia el método se ve allá (15.4)."""
    code = request.path_params["code"]
    if code not in REDIRECTS:
        raise Problem(404, f"Las redirecciones que hay son {', '.join(map(str, REDIRECTS))}.")
    return Response(status_code=code, headers={"Location": "/echo"})


async def status(request: Request) -> Response:
    """Contesta el estado pedido, de 200 a 599; los errores, como problem details."""
    code = request.path_params["code"]
    if not 200 <= code <= 599:
        raise Problem(422, "Pedí un estado de 200 a 599.")
    if code >= 400:
        raise Problem(code)
    if code in (204, 205, 304):
        return Response(status_code=code)
    return JSONResponse({"status": code}, status_code=code)


async def private(request: Request) -> Response:
    """401 si no se sabe quién pide, 403 si se sabe y no puede (RFC 6750, sección 3)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    allowed = TOKENS.get(token.strip()) if scheme.lower() == "bearer" else None
    if allowed is None:
        detail = "Mandá Authorization: Bearer con el token lectura o administracion."
        challenge = 'Bearer realm="playground"' + (', error="invalid_token"' if token else "")
        raise Problem(401, detail, headers={"WWW-Authenticate": challenge})
    if request.method not in allowed:
        raise Problem(403, f"El token {token.strip()} no alcanza para {request.method}.")
    if request.method == "DELETE":
        return Response(status_code=204)
    return JSONResponse({"secret": "la clave del éxito es leer los encabezados"})


async def slow(request: Request) -> Response:
    """200, pero después de `seconds` segundos (0 a 30); no espera si el cliente se va."""
    seconds = _number(request, "seconds", default=1.0, most=MAX_SECONDS)
    await request.body()
    await client_left_within(seconds, request.receive)
    return JSONResponse({"waited": seconds})


async def flaky(request: Request) -> Response:
    """503 las primeras `failures` veces para ese `name`, y después siempre 200."""
    failures = int(_number(request, "failures", default=2, most=100))
    name = request.query_params.get("name", "")
    counts: dict[str, int] = request.app.state.flaky_counts
    counts[name] = counts.get(name, 0) + 1
    if counts[name] <= failures:
        raise Problem(503, f"Falla {counts[name]} de {failures}. Probá de nuevo.")
    return JSONResponse({"attempts": counts[name]})


async def limited(request: Request) -> Response:
    """200 hasta 3 veces por segundo; más seguido, 429 con Retry-After (RFC 6585, sección 4)."""
    now = time.monotonic()
    recent: list[float] = request.app.state.limited_times
    recent[:] = [at for at in recent if now - at < WINDOW_SECONDS]
    if len(recent) >= WINDOW_REQUESTS:
        raise Problem(429, headers={"Retry-After": str(WINDOW_SECONDS)})
    recent.append(now)
    return JSONResponse({"left": WINDOW_REQUESTS - len(recent)})


async def upload(request: Request) -> Response:
    """200 con nombre, tamaño y huella de lo que se subió; 413 si pasa de 1 MB."""
    name: str | None = None
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form() as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                raise Problem(422, "Mandá el archivo en un campo que se llame file.")
            name, content = file.filename, await file.read()
    else:
        content = await request.body()
    if len(content) > MAX_UPLOAD:
        raise Problem(413, f"Se aceptan hasta {MAX_UPLOAD} bytes, y mandaste {len(content)}.")
    digest = hashlib.sha256(content).hexdigest()
    return JSONResponse({"name": name, "size": len(content), "sha256": digest})


async def crash(request: Request) -> Response:
    """500: el código del servidor falla."""
    raise RuntimeError("una falla planeada")


def _number(request: Request, name: str, *, default: float, most: float) -> float:
    try:
        value = float(request.query_params.get(name, default))
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise Problem(422, f"{name} tiene que ser un número de 0 a {most:g}.")
    return value


ROUTES: list[Route] = [
    route_any("/echo", "Devuelve el pedido tal como llegó.", echo),
    route_any("/old/applicants", "Se mudó: 301 a /applicants.", old_applicants),
    route_any("/redirect/{code:int}", "Redirige a /echo con 301, 302, 303, 307 o 308.", redirect),
    route_any("/status/{code:int}", "Contesta el estado que le pidas.", status),
    route("/private", "Pide un token: lectura o administracion.", GET=private, DELETE=private),
    route("/slow", "Tarda seconds segundos (1 si no se dice).", GET=slow),
    route("/flaky", "503 failures veces y después 200; cuenta por name.", GET=flaky, POST=flaky),
    route("/limited", "Tres pedidos por segundo; después, 429 con Retry-After.", GET=limited),
    route("/upload", "Recibe un archivo (multipart, campo file) o un cuerpo crudo.", POST=upload),
    route("/crash", "Se cae: 500.", GET=crash),
]
