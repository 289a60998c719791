# pierde: 4
# mensaje: El estado de POST /v1/churn
def churn_api(load_model):
    from amq2.api import Settings, create_app

    return create_app(Settings(api_key="12345678"))
