def bank_service(screen, users):
    service = FastAPI(title="Banco")

    @service.get("/health")
    async def health():
        return {"status": "ok"}

    @service.get("/", include_in_schema=False)
    def home():
        return RedirectResponse(url="pantalla/", status_code=302)

    def enters(name, password):
        pairs = [(user, key) for user, key in users.items() if user == name.lower().strip(" ")]
        return any(secrets.compare_digest(key.encode(), password.encode()) for _, key in pairs)

    gr.mount_gradio_app(service, screen, "/pantalla", auth=enters)
    return service
