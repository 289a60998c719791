# pierde: 3
# mensaje: El estado de /rates/USD con {}
def fixed_rates_api(key, rates):
    app = FastAPI()

    @app.get("/rates/{currency}")
    def read(currency: str, amount: str = "1", x_api_key: Annotated[str, Header()] = ""):
        if x_api_key != key:
            return {"error": "clave inválida"}
        return {"currency": currency, "total": round(rates[currency] * float(amount), 2)}

    return app
