"""Tu DAG con un día de datos: qué publica, y qué deja en cuarentena."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from amq2.orchestrator.checking import ended, succeeded
from amq2.orchestrator.inline import BUNDLE, silent
from amq2.orchestrator.runs import Run
from amq2.project.loading import load, own_modules
from amq2.project.messages import failed
from amq2.project.patients import write_day
from amq2.project.workspace import copied

# isort: split
# Después de `checking`, que le da a Airflow su casa.
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk import DAG


@dataclass(frozen=True)
class Days:
    """Un DAG y la carpeta en la que trabaja.

    Attributes:
        dag: el de tu `dag.py`, con el modelo de práctica al lado.
        folder: adentro están `incoming`, y lo que escribe: `published` y `quarantine`.
    """

    dag: DAG
    folder: Path

    def arrive(self, day: str, rows: pd.DataFrame) -> None:
        """Llega el archivo de un día; si ya había uno, lo reemplaza."""
        write_day(self.folder, day, rows)

    def run(self, day: str) -> Run:
        """Corre el DAG para un día, que tiene que terminar bien.

        Raises:
            CheckFailed: si termina mal; dice en qué tarea y por qué.
        """
        return succeeded(self.dag, conf=self._conf(day))

    def attempt(self, day: str) -> Run:
        """Corre el DAG para un día, termine bien o mal."""
        return ended(self.dag, conf=self._conf(day))

    def published(self, day: str) -> pd.DataFrame:
        """Lo que publicó de un día.

        Raises:
            CheckFailed: si no está, o no es un CSV.
        """
        return self._read("published", day)

    def quarantined(self, day: str) -> pd.DataFrame:
        """Lo que apartó de un día, con todo como texto.

        Raises:
            CheckFailed: como `published`.
        """
        return self._read("quarantine", day, dtype=str)

    def files(self) -> dict[str, bytes]:
        """Todo lo publicado y lo apartado, por su ruta."""
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for part in ("published", "quarantine")
            for path in sorted((self.folder / part).rglob("*"))
            if path.is_file()
        }

    def _conf(self, day: str) -> dict[str, str]:
        return {"day": day, "folder": str(self.folder)}

    def _read(self, part: str, day: str, dtype: type | None = None) -> pd.DataFrame:
        path = self.folder / part / f"{day}.csv"
        try:
            return pd.read_csv(path, dtype=dtype, keep_default_na=dtype is None)
        except FileNotFoundError:
            found = ", ".join(self.files()) or "nada"
            raise failed(
                f"No está {part}/{day}.csv; lo que hay: {found}.", "la carpeta y el nombre"
            ) from None
        except (ValueError, UnicodeError) as error:
            raise failed(f"{part}/{day}.csv no se lee: {error}", "que sea un CSV") from None


@contextmanager
def days() -> Iterator[Days]:
    """Tu `dag.py`, y una carpeta vacía para sus días; al final se borra.

    Raises:
        CheckFailed: si no está, no se importa, o no tiene justo un DAG.
    """
    home = copied("dag.py")
    with own_modules(home), tempfile.TemporaryDirectory(prefix="amq2-") as folder:
        load("dag.py", home)  # si no se puede, su mensaje es más claro que el de Airflow
        yield Days(_only_dag(home / "dag.py"), Path(folder))


def _only_dag(path: Path) -> DAG:
    """El DAG que Airflow encuentra en un archivo."""
    with silent():
        bag = DagBag(path, bundle_path=path.parent, bundle_name=BUNDLE)
    for error in bag.import_errors.values():
        raise failed(
            f"Airflow no puede leer dag.py: {error.strip().splitlines()[-1]}", "su mensaje"
        )
    if len(bag.dags) != 1:
        names = ", ".join(sorted(bag.dags)) or "ninguno"
        raise failed(
            f"dag.py tiene que tener un DAG, y tiene {len(bag.dags)} ({names}).",
            "que quede en una variable; si usaste @dag, que se llame a la función",
        )
    [dag] = bag.dags.values()
    return dag
