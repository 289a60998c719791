from starlette.applications import Starlette
from starlette.routing import Route


def fixed_rates_api(key, rates):
    def problem(status, detail, headers=None):
        body = {"title": f"Error {status}", "status": status, "detail": detail}
        return JSONResponse(body, status, headers, "application/problem+json")

    def read(request):
        if request.headers.get("x-api-key") != key:
            return problem(401, "Falta la clave.", {"WWW-Authenticate": "ApiKey"})
        currency = request.path_params["currency"]
        if currency not in rates:
            return problem(404, f"No conozco {currency}.")
        try:
            amount = float(request.query_params.get("amount", 1))
        except ValueError:
            amount = float("nan")
        if not amount > 0 or amount == float("inf"):
            return problem(422, "amount: un número mayor que 0.")
        return JSONResponse({"currency": currency, "total": round(rates[currency] * amount, 2)})

    handlers = {
        StarletteHTTPException: lambda request, error: problem(error.status_code, error.detail),
        Exception: lambda request, error: problem(500, "Falla interna."),
    }
    routes = [Route("/rates/{currency}", read)]
    return Starlette(routes=routes, exception_handlers=handlers)
