# pierde: 1
# mensaje: Al limpiar lo que falló corre otra vez solo lo que quedó failed o upstream_failed.
def night_states():
    return {
        "choose": "success",
        "bake_bread": "success",
        "bake_cakes": "skipped",
        "pack": "success",
        "photograph": "skipped",
        "deliver": "failed",
        "invoice": "upstream_failed",
        "clean": "success",
        "call_mechanic": "success",
    }


def tasks_that_run_again():
    return ["deliver"]
