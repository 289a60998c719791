# pierde: 4
# mensaje: El estado de GET /health
def bank_service(screen, users):
    app = FastAPI()
    app.get("/")(lambda: RedirectResponse("/pantalla"))
    return app
