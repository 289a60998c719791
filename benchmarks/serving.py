"""Servir una fila por pedido: qué le hizo cada cambio a los pedidos por segundo y a la espera.

Todo se mide en una corrida, con un worker por servidor. Las rondas se intercalan: en cada una se
mide una vez a cada servidor, y las comparaciones se hacen dentro de la ronda, así una máquina que
se pone lenta un rato las cambia poco. Se informa la mediana de las rondas, la menor y la mayor.

Con `PEERS=1` se miden también otras maneras de servir un modelo (`benchmarks.peers`).
"""

import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import requests
import sklearn
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from tqdm import tqdm

from amq2.credit import FEATURES, TARGET, applicants
from amq2.model import predict_default, train
from benchmarks.load import LoadError, Plan, Sample, measure, require_wrk
from benchmarks.peer_servers import PEERS, make_environment, serve_peer
from benchmarks.report import (
    ALONE,
    CONNECTIONS,
    FOREST,
    PIPELINE,
    TOGETHER,
    WITHOUT_MODEL,
    Case,
    rows,
    table,
    targets,
)
from benchmarks.servers import serve_step
from benchmarks.steps import CHANGES, CONSTANT, KEY, PATH, SERVICES

RESULTS = Path(__file__).with_suffix(".json")
ROUNDS = 5
SECONDS = 2
N_BODIES = 100
BUSY_LOAD = 0.5
"""Procesos esperando núcleo, en promedio, a partir de los que se avisa que hay otra tarea."""


def main() -> None:
    """Mide, muestra las tablas y las guarda en benchmarks/serving.json."""
    result = run(ROUNDS, SECONDS, with_peers=os.environ.get("PEERS") == "1")
    RESULTS.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"\n{table(result['rows'])}\n\n{table(result['targets'])}\n\n{_conditions_line(result)}")


def run(n_rounds: int, seconds: int, *, with_peers: bool = False) -> dict[str, Any]:
    """Mide todo.

    Args:
        n_rounds: cuántas veces se mide a cada servidor.
        seconds: cuánto dura cada medición.
        with_peers: si se miden también las otras maneras de servir.

    Returns:
        `conditions`, en qué máquina y cómo; `rows` y `targets`, los renglones de las dos tablas.

    Raises:
        LoadError: si falta wrk, o un servidor no contesta lo que debe.
    """
    require_wrk()
    conditions = _conditions(n_rounds, seconds)
    models = _models()
    with tempfile.TemporaryDirectory(prefix="amq2-") as name, ExitStack() as servers:
        folder = Path(name)
        plans = _plans(models, folder, servers)
        if with_peers:
            plans |= _peer_plans(models[PIPELINE], folder, servers)
        samples: dict[Case, list[Sample]] = {case: [] for case in plans}
        with tqdm(total=n_rounds * len(plans), desc="Mido", unit="medición") as bar:
            for _ in range(n_rounds):
                for case, plan in plans.items():
                    bar.set_postfix_str(f"{case.server}, {case.model}")
                    samples[case].append(measure(plan, seconds))
                    bar.update()
    return {"conditions": conditions, "rows": rows(samples), "targets": targets(samples)}


def _models() -> dict[str, Any]:
    """El modelo del curso y un bosque de cien árboles, como en la unidad 03."""
    some = applicants(2_000)
    forest = RandomForestClassifier(100, n_jobs=1, random_state=0)
    return {PIPELINE: train(), FOREST: forest.fit(some[list(FEATURES)], some[TARGET])}


def _plans(models: Mapping[str, Any], folder: Path, servers: ExitStack) -> dict[Case, Plan]:
    """Enciende los servidores, revisa lo que contestan y dice qué pedirle a cada uno."""
    people = applicants(N_BODIES)[list(FEATURES)]
    bodies = _write(folder / "bodies.txt", people.to_dict("records"))
    plans = {}
    pairs = [(step, model) for model in models for step in [*CHANGES, *SERVICES]]
    pairs.remove((WITHOUT_MODEL, FOREST))  # da lo mismo cuál no se llama
    for number, (step, name) in enumerate(tqdm(pairs, desc="Enciendo", unit="servidor")):
        start = serve_step(step, models[name], folder / str(number))
        plan = Plan(servers.enter_context(start) + PATH, bodies, KEY, CONNECTIONS)
        expected = predict_default(models[name], people)
        check(plan, expected if step != WITHOUT_MODEL else np.full(N_BODIES, CONSTANT))
        plans[Case(step, name if step != WITHOUT_MODEL else "ninguno")] = plan
        if step in (ALONE, TOGETHER):
            plans[Case(step, name, 1)] = replace(plan, connections=1)
    return plans


def _peer_plans(model: Any, folder: Path, servers: ExitStack) -> dict[Case, Plan]:  # noqa: ANN401
    """Lo mismo, con las otras maneras de servir."""
    make_environment()
    people = applicants(N_BODIES)[list(FEATURES)]
    plans = {}
    for name, peer in tqdm(PEERS.items(), desc="Enciendo a los demás", unit="servidor"):
        url = servers.enter_context(serve_peer(name, model, folder / name))
        bodies = _write(folder / f"{name}.txt", map(peer.body, people.to_dict("records")))
        plans[Case(name, PIPELINE)] = plan = Plan(url, bodies, KEY, CONNECTIONS)
        check(plan, predict_default(model, people), peer.read)
    return plans


def _write(path: Path, bodies: Iterable[Any]) -> Path:
    """Un cuerpo por renglón."""
    path.write_text("\n".join(map(json.dumps, bodies)) + "\n", encoding="utf-8")
    return path


def check(
    plan: Plan,
    expected: NDArray[np.float64],
    read: Callable[[Any], float] = lambda answer: float(answer["probability"]),
) -> None:
    """Pide todos los puntajes, muchos a la vez. También es el calentamiento.

    Raises:
        LoadError: si alguno no es el esperado.
    """

    def ask(body: str) -> float:
        headers = {"Content-Type": "application/json", "X-API-Key": plan.key}
        answer = requests.post(plan.url, body, headers=headers, timeout=60)
        return read(answer.json()) if answer.ok else np.nan

    with ThreadPoolExecutor(plan.connections) as clients:
        scores = list(clients.map(ask, plan.bodies.read_text("utf-8").splitlines()))
    if not np.allclose(scores, expected, rtol=0, atol=1e-6):
        raise LoadError(f"{plan.url} no contesta los puntajes del modelo: {scores[:3]}…")


def _conditions(n_rounds: int, seconds: int) -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "scikit_learn": sklearn.__version__,
        "rounds": n_rounds,
        "seconds": seconds,
    }


def _conditions_line(result: Mapping[str, Any]) -> str:
    found = result["conditions"]
    text = "{rounds} rondas de {seconds} s, {cores} núcleos, Python {python}".format(**found)
    if found["load_before"] > BUSY_LOAD:
        text += f"\nLa máquina tenía otra tarea (carga {found['load_before']}): repetí sin ella."
    return text
