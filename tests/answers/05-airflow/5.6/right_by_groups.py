STATES = {
    "success": ["choose", "bake_bread", "pack", "call_mechanic", "clean"],
    "skipped": ["bake_cakes", "photograph"],
    "failed": ["deliver"],
    "upstream_failed": ["invoice"],
}


def night_states():
    return {name: state for state, names in STATES.items() for name in names}


def tasks_that_run_again():
    return ("invoice", *STATES["failed"])
