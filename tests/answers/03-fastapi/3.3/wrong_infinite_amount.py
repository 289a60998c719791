# pierde: 1
# mensaje: Un monto infinito, NaN o enorme recibe 422, nunca 500 ni un total raro.
def fixed_rates_api(key, rates):
    app = FastAPI()

    def problem(status, detail):
        body = {"title": HTTPStatus(status).phrase, "status": status, "detail": detail}
        return JSONResponse(body, status, media_type="application/problem+json")

    @app.exception_handler(StarletteHTTPException)
    def on_http_error(request, error):
        return problem(error.status_code, error.detail)

    @app.exception_handler(Exception)
    def on_failure(request, error):
        return problem(500, "El servidor falló.")

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
        if quantity <= 0:
            raise HTTPException(422, "amount tiene que ser mayor que 0.")
        return {"currency": currency, "total": round(rates[currency] * quantity, 2)}

    return app
