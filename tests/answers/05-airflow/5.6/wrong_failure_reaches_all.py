# pierde: 1
# mensaje: «clean» no termina en 'upstream_failed'.
def night_states():
    return {
        "choose": "success",
        "bake_bread": "success",
        "bake_cakes": "skipped",
        "pack": "success",
        "photograph": "skipped",
        "deliver": "failed",
        "invoice": "upstream_failed",
        "clean": "upstream_failed",
        "call_mechanic": "success",
    }


def tasks_that_run_again():
    return ["deliver", "invoice"]
