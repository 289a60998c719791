# pierde: 1
# mensaje: Nadie entra con la clave de otro, ni con un usuario que no está.
def bank_service(screen, users):
    app = FastAPI()
    app.get("/health")(lambda: {"status": "ok"})
    app.get("/")(lambda: RedirectResponse("/pantalla"))
    return gr.mount_gradio_app(
        app,
        screen,
        path="/pantalla",
        auth=lambda user, password: user.strip().lower() in users and password in users.values(),
    )
