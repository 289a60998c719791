# pierde: 1
# mensaje: El estado de /rates/USD?amount=mucho con {}
def fixed_rates_api(key, rates):
    app = FastAPI()

    def problem(status, detail):
        body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
        return JSONResponse(body, status, media_type="application/problem+json")

    @app.exception_handler(StarletteHTTPException)
    def on_http_error(request, error):
        return problem(error.status_code, error.detail)

    @app.exception_handler(RequestValidationError)
    def on_invalid(request, error):
        return problem(422, "Hay datos que no sirven.")

    @app.exception_handler(Exception)
    def on_failure(request, error):
        return problem(500, "El servidor falló.")

    @app.get("/rates/{currency}")
    def read(
        currency: str,
        amount: Annotated[float, Query(gt=0, allow_inf_nan=False)] = 1,
        x_api_key: Annotated[str, Header()] = "",
    ):
        if x_api_key != key:
            raise HTTPException(401, "Falta la clave.")
        if currency not in rates:
            raise HTTPException(404, "Esa moneda no está.")
        return {"currency": currency, "total": round(rates[currency] * amount, 2)}

    return app
