# pierde: 3
# mensaje: Tiene que aceptar
def card_client_type():
    from amq2.api.schemas import Applicant

    return Applicant
