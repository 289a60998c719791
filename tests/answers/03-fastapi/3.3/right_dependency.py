def fixed_rates_api(key, rates):
    app = FastAPI()

    def problem(status, detail):
        body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
        return JSONResponse(body, status, media_type="application/problem+json")

    @app.exception_handler(StarletteHTTPException)
    def on_http_error(request, error):
        return problem(error.status_code, error.detail)

    @app.exception_handler(RequestValidationError)
    async def on_invalid(request, error):
        return problem(422, str([item["loc"][-1] for item in error.errors()]))

    @app.exception_handler(Exception)
    async def on_failure(request, error):
        return problem(500, "Algo falló de este lado.")

    async def require_key(x_api_key: Annotated[str | None, Header()] = None):
        if x_api_key is None or not secrets.compare_digest(x_api_key.encode(), key.encode()):
            raise HTTPException(401, "Mandá la clave en X-API-Key.")

    @app.get("/rates/{currency}", dependencies=[Depends(require_key)])
    async def read(currency: str, amount: Annotated[float, Query(gt=0, allow_inf_nan=False)] = 1):
        if currency not in rates:
            raise HTTPException(404, "Esa moneda no está.")
        return {"currency": currency, "total": round(rates[currency] * amount, 2)}

    return app
