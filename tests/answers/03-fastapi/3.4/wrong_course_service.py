# pierde: 4
# mensaje: El estado de POST /claims
def claims_api(database):
    from amq2.api import Settings, create_app

    return create_app(Settings(api_key="12345678"))
