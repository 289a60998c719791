# pierde: 1
# mensaje: «invoice» no termina en 'skipped'.
def night_states():
    return {
        "choose": "success",
        "bake_bread": "success",
        "bake_cakes": "skipped",
        "pack": "success",
        "photograph": "skipped",
        "deliver": "failed",
        "invoice": "skipped",
        "clean": "success",
        "call_mechanic": "success",
    }


def tasks_that_run_again():
    return ["deliver", "invoice"]
