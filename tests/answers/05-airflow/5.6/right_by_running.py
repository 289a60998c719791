import sys


def night_states():
    print("miro una corrida", file=sys.stderr)
    return run_dag(bakery_dag()).states


def tasks_that_run_again():
    night = run_dag(bakery_dag(van_works=False))
    morning = rerun_failed(bakery_dag(van_works=True), night)
    return {name for name in night.states if morning.tries[name] > night.tries[name]}
