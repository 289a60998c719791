# pierde: 1
# mensaje: El nombre vale con espacios a los costados y con mayúsculas; la clave, no.
def bank_service(screen, users):
    app = FastAPI()
    app.get("/health")(lambda: {"status": "ok"})
    app.get("/")(lambda: RedirectResponse("/pantalla"))

    def may_enter(user, password):
        clean = password.strip().lower()
        return users.get(user.strip().lower()) == clean

    return gr.mount_gradio_app(app, screen, path="/pantalla", auth=may_enter)
