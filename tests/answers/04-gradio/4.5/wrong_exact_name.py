# pierde: 1
# mensaje: El nombre vale con espacios a los costados y con mayúsculas; la clave, no.
def bank_service(screen, users):
    service = FastAPI(title="Banco")

    @service.get("/health")
    async def health():
        return {"status": "ok"}

    @service.get("/", include_in_schema=False)
    def home():
        return RedirectResponse(url="/pantalla/", status_code=302)

    gr.mount_gradio_app(service, screen, "/pantalla", auth=list(users.items()))
    return service
