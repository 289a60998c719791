"""`make bench`: corre las mediciones, o la que diga `ONLY`, y escribe la página con todas."""

import os
import sys
import time
from importlib import import_module
from pathlib import Path

from benchmarks import page
from benchmarks.load import LoadError
from benchmarks.servers import StartError
from benchmarks.serving import BUSY_LOAD

BENCHMARKS = tuple(page.TITLES)
PATIENCE = 180.0


def main(chosen: str) -> int:
    """Corre una, o todas si no se dice cuál; devuelve el código de salida."""
    if chosen and chosen not in BENCHMARKS:
        sys.exit(f"No hay una medición {chosen!r}. Las que hay: {', '.join(BENCHMARKS)}.")
    for name in [chosen] if chosen else BENCHMARKS:
        wait_until_quiet(PATIENCE)
        print(f"== {name}", flush=True)
        try:
            import_module(f"benchmarks.{name}").main()
        except (LoadError, StartError) as error:
            sys.exit(str(error))
    page.main()
    print(f"\nLa página: {page.PAGE.relative_to(Path.cwd())}")
    return 0


def wait_until_quiet(patience: float) -> None:
    """Espera hasta `patience` segundos a que baje la carga: la de una medición no es de la otra."""
    deadline = time.monotonic() + patience
    if (load := os.getloadavg()[0]) > BUSY_LOAD:
        print(f"Espero hasta {patience:.0f} s a que baje la carga ({load:.2f})", flush=True)
    while os.getloadavg()[0] > BUSY_LOAD and time.monotonic() < deadline:
        time.sleep(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
