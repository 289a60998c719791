# pierde: 2
# mensaje: «choose» no termina en None.
def night_states():
    print(
        {
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
    )


def tasks_that_run_again():
    return ["deliver", "invoice"]
