# pierde: 4
# mensaje: El cuerpo de GET /health
def bank_service(screen, users):
    settings = Settings(
        api_key="clave-de-prueba", database_url=f"sqlite:///{tempfile.mkdtemp()}/p.db"
    )
    return mount(create_app(settings, train()), screen, "/app", users)
