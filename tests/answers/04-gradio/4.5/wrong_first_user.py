# pierde: 1
# mensaje: Cada usuario del diccionario entra con su clave.
def bank_service(screen, users):
    app = FastAPI()
    app.get("/health")(lambda: {"status": "ok"})
    app.get("/")(lambda: RedirectResponse("/pantalla"))
    return gr.mount_gradio_app(app, screen, path="/pantalla", auth=next(iter(users.items())))
