# pierde: 4
# mensaje: no redirige
def bank_service(screen, users):
    app = FastAPI()
    app.get("/health")(lambda: {"status": "ok"})
    return gr.mount_gradio_app(app, screen, path="/", auth=list(users.items()))
