# pierde: 1
# mensaje: El nombre vale con espacios a los costados y con mayúsculas; la clave, no.
def bank_service(screen, users):
    app = FastAPI()
    app.get("/health")(lambda: {"status": "ok"})
    app.get("/")(lambda: RedirectResponse("/pantalla"))
    return mount(app, screen, "/pantalla", users)
