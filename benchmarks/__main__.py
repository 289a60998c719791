"""`make bench`: corre las mediciones, o la que diga `ONLY`."""

import sys
from importlib import import_module

from benchmarks.load import LoadError
from benchmarks.servers import StartError

BENCHMARKS = ("serving", "batch", "cluster", "grading")


def main(chosen: str) -> int:
    """Corre una, o todas si no se dice cuál; devuelve el código de salida."""
    if chosen and chosen not in BENCHMARKS:
        sys.exit(f"No hay una medición {chosen!r}. Las que hay: {', '.join(BENCHMARKS)}.")
    for name in [chosen] if chosen else BENCHMARKS:
        print(f"== {name}", flush=True)
        try:
            import_module(f"benchmarks.{name}").main()
        except (LoadError, StartError) as error:
            sys.exit(str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
