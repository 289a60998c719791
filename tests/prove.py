"""`make test`: prueba todo el curso, sin parar en el primer error, y termina con una tabla."""

import json
import os
import platform
import re
import shlex
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parents[1]
PROOF = ROOT / "build" / "proof"
TIMES = PROOF / "times.json"
"""Lo que tardó cada paso de la última corrida que llegó al final."""

SANITIZE = Path(__file__).parent / "nbval_sanitize.cfg"

NOT_RUN = "NOT RUN: "
"""Con esto empieza el motivo de una prueba que la máquina no puede correr; otro es una falla."""

WITHOUT_AIRFLOW = Path(__file__).parent / "without_airflow"
"""Con esta carpeta en PYTHONPATH, `import airflow` falla: las demás unidades no lo necesitan."""

FONTS = PROOF / "matplotlib"
"""La lista de fuentes de matplotlib: propia, porque armarla escribe un aviso en una celda."""

HEAVY = ("05-", "06-", "07-")
"""Las unidades que levantan Airflow: se ejecutan aparte y con más tiempo."""

SECONDS_A_CELL = 30
SECONDS_A_HEAVY_CELL = 120

PARALLEL = ("-n", "2", "--dist", "loadfile")


@dataclass(frozen=True)
class Step:
    """Un paso de la prueba: un comando y, si es de pytest, el informe que deja."""

    name: str
    command: Sequence[str] = ()
    report: Path | None = None
    problem: str = ""
    python_path: Path | None = None


@dataclass(frozen=True)
class Case:
    """Una prueba, o una celda de un notebook, según el informe de pytest."""

    file: str
    name: str
    seconds: float
    outcome: str
    reason: str
    exercises: Sequence[str]

    @property
    def is_cell(self) -> bool:
        """Si es una celda de un notebook."""
        return self.file.endswith(".ipynb")

    @property
    def is_not_run(self) -> bool:
        """Si no corrió porque a la máquina le falta algo, y dice qué."""
        return self.outcome == "skipped" and self.reason.startswith(NOT_RUN)

    @property
    def has_failed(self) -> bool:
        """Si falló o se salteó sin decir qué falta."""
        return self.outcome != "passed" and not self.is_not_run


@dataclass(frozen=True)
class Result:
    """Cómo terminó un paso."""

    step: Step
    seconds: float
    problems: Sequence[str]
    cases: Sequence[Case] = field(default=())


def steps() -> list[Step]:
    """Los pasos de `make test`, en orden."""
    python = [sys.executable, "-m"]
    tests = PROOF / "tests.xml"
    return [
        Step("ruff: reglas", [*python, "ruff", "check", "."]),
        Step("ruff: formato", [*python, "ruff", "format", "--check", "."]),
        Step("mypy: tipos", [*python, "mypy"]),
        Step("matplotlib: fuentes", [sys.executable, "-c", "import matplotlib.font_manager"]),
        Step("pruebas", [*python, "pytest", "tests", *PARALLEL, f"--junitxml={tests}"], tests),
        *notebook_steps("másters", ROOT / "solutions", lax=False),
        *notebook_steps("notebooks del estudiante", ROOT / "notebooks", lax=True),
    ]


def notebook_steps(name: str, folder: Path, *, lax: bool) -> Iterator[Step]:
    """Los pasos que ejecutan los notebooks de una carpeta; los de Airflow van aparte."""
    notebooks = sorted(folder.glob("*/*.ipynb"))
    if not notebooks:
        yield Step(name, problem=f"no hay ningún notebook en {folder.name}/")
        return
    heavy = [path for path in notebooks if path.name.startswith(HEAVY)]
    light = [path for path in notebooks if path not in heavy]
    if light:
        report = PROOF / f"{folder.name}.xml"
        command = nbval_command(light, report, lax=lax, seconds=SECONDS_A_CELL, options=PARALLEL)
        yield Step(name, command, report, python_path=WITHOUT_AIRFLOW)
    if heavy:
        report = PROOF / f"{folder.name}-airflow.xml"
        command = nbval_command(
            heavy, report, lax=lax, seconds=SECONDS_A_HEAVY_CELL, options=PARALLEL
        )
        yield Step(f"{name}: Airflow", command, report)


def nbval_command(
    notebooks: Sequence[Path],
    report: Path,
    *,
    lax: bool,
    seconds: int,
    options: Sequence[str] = (),
) -> list[str]:
    """El comando que ejecuta notebooks con nbval.

    Args:
        notebooks: los archivos.
        report: dónde deja pytest su informe.
        lax: sólo ejecutar; si no, además se comparan las salidas con las guardadas.
        seconds: el tiempo de cada celda.
        options: otras opciones de pytest.
    """
    compare = ["--nbval", f"--nbval-sanitize-with={SANITIZE}"]
    return [
        *(sys.executable, "-m", "pytest"),
        *(["--nbval-lax"] if lax else compare),
        f"--nbval-cell-timeout={seconds}",
        f"--rootdir={ROOT}",
        f"--config-file={ROOT / 'pyproject.toml'}",
        f"--junitxml={report}",
        *("-o", "junit_family=xunit1", "-p", "no:cacheprovider", "--color=no", "--tb=short"),
        *options,
        *map(str, notebooks),
    ]


def run(step: Step) -> Result:
    """Ejecuta un paso, con su salida a la vista."""
    if step.problem:
        print(step.problem, flush=True)
        return Result(step, 0, [step.problem])
    print(f"$ {_readable(step.command)}", flush=True)
    if step.report:
        step.report.parent.mkdir(parents=True, exist_ok=True)
        step.report.unlink(missing_ok=True)
    start = time.monotonic()
    environment = {"MPLCONFIGDIR": str(FONTS)}
    if step.python_path:
        environment["PYTHONPATH"] = str(step.python_path)
    code = subprocess.run(
        step.command, cwd=ROOT, env={**os.environ, **environment}, check=False
    ).returncode
    seconds = time.monotonic() - start
    if step.report is None:
        return Result(step, seconds, [f"terminó con código {code}"] if code else [])
    try:
        cases = read_report(step.report)
    except (OSError, ElementTree.ParseError):
        return Result(step, seconds, [f"pytest terminó con código {code} y sin informe"])
    problems = [describe(case) for case in cases if case.has_failed]
    problems += never_run(cases)
    if not cases:
        problems.append("no se ejecutó ninguna prueba")
    elif code and not problems:
        problems.append(f"pytest terminó con código {code}")
    return Result(step, seconds, problems, cases)


def _readable(command: Sequence[str]) -> str:
    text = shlex.join(command).replace(f"{ROOT}/", "").replace(str(ROOT), ".")
    return text.replace(f"{sys.executable} -m ", "")


def read_report(report: Path) -> list[Case]:
    """Las pruebas de un informe junit de pytest."""
    return [_read_case(element) for element in ElementTree.parse(report).iter("testcase")]


def _read_case(element: ElementTree.Element) -> Case:
    outcome, reason = "passed", ""
    for tag, found in (("skipped", "skipped"), ("failure", "failed"), ("error", "failed")):
        if (child := element.find(tag)) is not None:
            outcome, reason = found, child.get("message", "")
            # pytest acorta los mensajes largos: el entero está en el texto.
            if "full report in element text" in reason:
                reason = child.text or reason
    file = element.get("file") or element.get("classname", "").replace(".", "/") + ".py"
    return Case(
        file=file,
        name=element.get("name", ""),
        seconds=float(element.get("time", 0)),
        outcome=outcome,
        reason=re.sub(r"(#x1B|\x1b)\[[0-9;]*m", "", reason),
        exercises=[
            prop.get("value", "")
            for prop in element.iter("property")
            if prop.get("name") == "exercise"
        ],
    )


def describe(case: Case) -> str:
    """Una falla en un renglón: dónde y por qué."""
    if not case.is_cell:
        lines = case.reason.splitlines() or ["sin motivo"]
        skipped = "salteada sin decir qué le falta a la máquina: "
        return f"{case.file}, {case.name}: {skipped * (case.outcome == 'skipped')}{lines[0]}"
    number = int(case.name.removeprefix("Cell ")) + 1
    return f"{case.file}, celda [{number}]: {_cell_reason(case)}"


def _cell_reason(case: Case) -> str:
    if case.outcome == "skipped":
        return f"no se ejecutó ({case.reason})"
    lines = [line.strip() for line in case.reason.splitlines() if line.strip()]
    if timeout := re.search(r"Timeout of (\d+) seconds", case.reason):
        return f"tardó más de {timeout[1]} segundos"
    if "Cell outputs differ" in case.reason:
        changes = [line for line in lines if re.match(r"[-+?] |<<<|Missing|Unexpected", line)]
        return f"la salida no es la guardada: {' | '.join(changes or lines[-1:])[:300]}"
    return f"terminó con error: {lines[-1] if lines else 'sin motivo'}"


def never_run(cases: Sequence[Case]) -> list[str]:
    """Las celdas guardadas sin ejecutar: nbval no tiene con qué compararlas y las aprueba."""
    problems = []
    for file in sorted({case.file for case in cases if case.is_cell}):
        path = ROOT / file
        if not path.is_relative_to(ROOT / "solutions"):
            continue
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        problems += [
            f"{file}, celda [{number}]: guardada sin ejecutar; corré make outputs"
            for number, cell in enumerate(code, start=1)
            if "".join(cell["source"]).strip() and cell["execution_count"] is None
        ]
    return problems


def not_run(results: Sequence[Result]) -> list[str]:
    """Lo que la máquina no puede probar, con el comando que trae lo que falta."""
    reasons = Counter(case.reason for result in results for case in result.cases if case.is_not_run)
    return [f"{reason} ({count} pruebas)" for reason, count in sorted(reasons.items())]


def summary(results: Sequence[Result], seconds: float) -> str:
    """La tabla final."""
    cases = [case for result in results for case in result.cases]
    lines = ["", "Notebooks ejecutados", *(_notebook_lines(cases) or ["  ninguno"])]
    exercises = sorted({name for case in cases for name in case.exercises})
    lines += ["", "Ejercicios probados", *([f"  {name}" for name in exercises] or ["  ninguno"])]
    lines += ["", "Pasos"]
    for result in results:
        mark = "✗" if result.problems else "✓"
        lines.append(f"  {mark} {result.step.name:34} {result.seconds:7.1f} s")
        lines += [f"      {problem}" for problem in result.problems]
    lines += ["", *(not_run(results) or ["Nada quedó sin probar."])]
    failed = sum(case.has_failed for case in cases)
    passed = sum(case.outcome == "passed" for case in cases)
    lines += ["", f"{seconds:.0f} segundos en total", f"{passed} passed, {failed} failed"]
    return "\n".join(lines)


def _notebook_lines(cases: Sequence[Case]) -> list[str]:
    lines = []
    for file in dict.fromkeys(case.file for case in cases if case.is_cell):
        own = [case for case in cases if case.file == file]
        kind = "estudiante" if file.startswith("notebooks/") else "máster"
        seconds = sum(case.seconds for case in own)
        mark = "✗" if any(case.has_failed for case in own) else "✓"
        cells = f"{len(own):4} celdas {seconds:7.1f} s"
        lines.append(f"  {mark} {Path(file).stem:22} {kind:11} {cells}")
    return sorted(lines, key=lambda line: line[4:])


def write_times(path: Path, results: Sequence[Result], seconds: float, load: float) -> None:
    """Anota lo que tardó cada paso: lo lee `make bench ONLY=tests`."""
    steps = [
        {
            "name": result.step.name,
            "seconds": result.seconds,
            "passed": sum(case.outcome == "passed" for case in result.cases),
            "failed": sum(case.has_failed for case in result.cases),
        }
        for result in results
    ]
    conditions = {
        "cores": os.cpu_count(),
        "load_before": round(load, 2),
        "python": platform.python_version(),
    }
    found = {"conditions": conditions, "seconds": seconds, "steps": steps}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")


def prove(chosen: Sequence[Step], *, require_all: bool, times: Path | None = None) -> int:
    """Ejecuta todos los pasos, muestra la tabla y devuelve el código de salida.

    Args:
        chosen: los pasos.
        require_all: si lo que la máquina no puede probar también es una falla.
        times: dónde se anota lo que tardó cada paso.
    """
    start, load = time.monotonic(), os.getloadavg()[0]
    results = []
    for number, step in enumerate(chosen, start=1):
        print(f"\n== {number}/{len(chosen)} {step.name} ".ljust(80, "="), flush=True)
        results.append(run(step))
    seconds = time.monotonic() - start
    print(summary(results, seconds))
    if times:
        write_times(times, results, seconds, load)
    has_failed = any(result.problems for result in results)
    return int(has_failed or (require_all and bool(not_run(results))))


if __name__ == "__main__":
    # Lo que se lanza en segundo plano hereda un Ctrl-C apagado, y hay pruebas que lo aprietan.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        sys.exit(prove(steps(), require_all=os.environ.get("CI_REQUIRE_ALL") == "1", times=TIMES))
    except KeyboardInterrupt:
        sys.exit("Interrumpido: no se llegó a probar todo.")
