# pierde: 3
# mensaje: su content-type es application/json y no application/problem+json
def fixed_rates_api(key, rates):
    app = FastAPI()

    def require_key(x_api_key: Annotated[str, Header()] = ""):
        if x_api_key != key:
            raise HTTPException(401, "Falta la clave.")

    @app.get("/rates/{currency}", dependencies=[Depends(require_key)])
    def read(currency: str, amount: Annotated[float, Query(gt=0, allow_inf_nan=False)] = 1):
        if currency not in rates:
            raise HTTPException(404, "Esa moneda no está.")
        return {"currency": currency, "total": round(rates[currency] * amount, 2)}

    return app
