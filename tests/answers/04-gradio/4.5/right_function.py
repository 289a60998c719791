def bank_service(screen, users):
    app = FastAPI()

    @app.get("/health")
    def health() -> dict[str, str]:
        return dict(status="ok")

    @app.get("/", response_class=RedirectResponse)
    def root():
        return "/pantalla"

    return gr.mount_gradio_app(
        app, screen, path="/pantalla", auth=lambda u, p: users.get(u) == p, auth_message="Hola"
    )
