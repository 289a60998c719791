# pierde: 1
# mensaje: «bake_bread» no termina en 'failed'.
def night_states():
    return {
        "choose": "success",
        "bake_bread": "failed",
        "bake_cakes": "skipped",
        "pack": "success",
        "photograph": "skipped",
        "deliver": "failed",
        "invoice": "upstream_failed",
        "clean": "success",
        "call_mechanic": "success",
    }


def tasks_that_run_again():
    return ["deliver", "invoice"]
