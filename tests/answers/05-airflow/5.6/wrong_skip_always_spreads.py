# pierde: 1
# mensaje: «pack» no termina en 'skipped'.
def night_states():
    return {
        "choose": "success",
        "bake_bread": "success",
        "bake_cakes": "skipped",
        "pack": "skipped",
        "photograph": "skipped",
        "deliver": "failed",
        "invoice": "upstream_failed",
        "clean": "success",
        "call_mechanic": "success",
    }


def tasks_that_run_again():
    return ["deliver", "invoice"]
