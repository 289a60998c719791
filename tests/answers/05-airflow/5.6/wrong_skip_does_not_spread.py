# pierde: 1
# mensaje: «photograph» no termina en 'success'.
def night_states():
    return {
        "choose": "success",
        "bake_bread": "success",
        "bake_cakes": "skipped",
        "pack": "success",
        "photograph": "success",
        "deliver": "failed",
        "invoice": "upstream_failed",
        "clean": "success",
        "call_mechanic": "success",
    }


def tasks_that_run_again():
    return ["deliver", "invoice"]
