def bank_service(screen, users):
    app = FastAPI()

    @app.get("/health")
    def health() -> dict[str, str]:
        return dict(status="ok")

    @app.get("/", response_class=RedirectResponse)
    def root():
        return "/pantalla"

    def known(user, password):
        return users.get(user.strip().casefold()) == password

    return gr.mount_gradio_app(app, screen, path="/pantalla", auth=known, auth_message="Hola")
