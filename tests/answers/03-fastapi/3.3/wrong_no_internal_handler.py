# pierde: 1
# mensaje: Una falla interna contesta 500 como problem details.
def fixed_rates_api(key, rates):
    app = FastAPI()

    def problem(status, detail):
        body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
        return JSONResponse(body, status, media_type="application/problem+json")

    @app.exception_handler(StarletteHTTPException)
    def on_http_error(request, error):
        return problem(error.status_code, error.detail)

    @app.get("/rates/{currency}")
    def read(currency: str, amount: str = "1", x_api_key: Annotated[str, Header()] = ""):
        if x_api_key != key:
            raise HTTPException(401, "Falta la clave.")
        if currency not in rates:
            raise HTTPException(404, "Esa moneda no está.")
        try:
            quantity = float(amount)
        except ValueError:
            raise HTTPException(422, "amount no es un número.") from None
        if not 0 < quantity < float("inf"):
            raise HTTPException(422, "amount tiene que ser mayor que 0.")
        return {"currency": currency, "total": round(rates[currency] * quantity, 2)}

    return app
