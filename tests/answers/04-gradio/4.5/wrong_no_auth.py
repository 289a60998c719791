# pierde: 3
# mensaje: auth al montarla
def bank_service(screen, users):
    app = FastAPI()
    app.get("/health")(lambda: {"status": "ok"})
    app.get("/")(lambda: RedirectResponse("/pantalla"))
    return gr.mount_gradio_app(app, screen, path="/pantalla")
