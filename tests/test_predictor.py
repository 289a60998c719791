"""El predictor que junta pedidos: mismos puntajes, ninguna espera de más, y nadie queda colgado."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline

from amq2.credit import COLUMNS, FEATURES, TARGET, applicants
from amq2.model import predict_default, train
from amq2.predictor import MAX_ROWS, BusyError, Predictor, without_names

Rows = NDArray[np.float64]
N_ROWS = 3_000
LOT_SIZES = (1, 2, 3, 5, 8, 16, 31, 64, 255, 256, 257, 1_000, N_ROWS)
PATIENCE = 10.0


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return train(applicants(5_000))


@pytest.fixture(scope="module")
def forest() -> Any:  # noqa: ANN401 - scikit-learn no trae tipos
    some = applicants(1_000)
    model = RandomForestClassifier(100, n_jobs=1, random_state=0)
    return model.fit(some[list(FEATURES)], some[TARGET])


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """Solicitantes comunes, y otros en cualquier parte de lo que se acepta, extremos incluidos."""
    random = np.random.default_rng(7)
    low, high = (np.array([getattr(c, end) for c in COLUMNS]) for end in ("minimum", "maximum"))
    anywhere = random.uniform(low, high, (N_ROWS // 2 - 2, len(FEATURES)))
    strange = pd.DataFrame(np.vstack([anywhere, low, high]), columns=list(FEATURES))
    return pd.concat([applicants(N_ROWS // 2)[list(FEATURES)], strange]).astype(np.float64)


class FakeModel:
    """Un modelo que devuelve la primera columna como probabilidad y anota qué lotes recibió.

    Args:
        gate: si se da, cada llamada espera a que se abra.
    """

    n_features_in_ = 2

    def __init__(self, gate: threading.Event | None = None) -> None:
        self.gate = gate
        self.lots: list[list[float]] = []
        self.called = threading.Event()
        self.threads: set[int] = set()
        self.error: Exception | None = None

    def __deepcopy__(self, memo: object) -> "FakeModel":
        return self

    def predict_proba(self, rows: Rows) -> Rows:
        self.lots.append(rows[:, 0].tolist())
        self.threads.add(threading.get_ident())
        self.called.set()
        if self.gate:
            assert self.gate.wait(PATIENCE)
        if self.error:
            raise self.error
        return np.column_stack([1 - rows[:, 0], rows[:, 0]])


@contextmanager
def predictor_for(
    model: object, *, slow: bool | None = None, max_waiting: int = 2_000
) -> Iterator[Predictor]:
    predictor = Predictor(cast(Pipeline, model), max_waiting=max_waiting, is_slow=slow)
    try:
        yield predictor
    finally:
        predictor.close()


@contextmanager
def blocked(**options: Any) -> Iterator[tuple[Predictor, FakeModel, threading.Event]]:  # noqa: ANN401
    """Un modelo lento, que contesta recién cuando se abre la compuerta."""
    gate = threading.Event()
    model = FakeModel(gate)
    with predictor_for(model, slow=True, **options) as predictor:
        try:
            yield predictor, model, gate
        finally:
            gate.set()


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def with_patience() -> None:
        async with asyncio.timeout(PATIENCE):
            await work()

    asyncio.run(with_patience())


async def until(condition: Callable[[], object]) -> None:
    while not condition():
        await asyncio.sleep(0.001)


@pytest.mark.parametrize("name", ["pipeline", "forest"])
@pytest.mark.parametrize("slow", [False, True])
def test_every_way_of_asking_gives_the_score_of_predict_default(
    name: str, slow: bool, rows: pd.DataFrame, request: pytest.FixtureRequest
) -> None:
    model: Pipeline = request.getfixturevalue(name)
    one_by_one = rows if name == "pipeline" else rows.iloc[::10]
    expected = predict_default(model, rows)
    values = rows.to_numpy()

    async def ask() -> None:
        with predictor_for(model, slow=slow, max_waiting=N_ROWS) as predictor:
            alone = [await predictor.predict(row) for row in one_by_one.to_numpy().tolist()]
            assert alone == predict_default(model, one_by_one).tolist()
            for size in LOT_SIZES:
                some, shift = values[:size], (size * 7) % N_ROWS
                assert (predictor.predict_many(some) == expected[:size]).all()
                together = np.roll(values, -shift, axis=0)[:size].tolist()
                scores = await asyncio.gather(*map(predictor.predict, together))
                assert scores == np.roll(expected, -shift)[:size].tolist()

    asyncio.run(ask())


def test_a_score_is_a_plain_float(pipeline: Pipeline, rows: pd.DataFrame) -> None:
    async def ask() -> None:
        with predictor_for(pipeline) as predictor:
            assert type(await predictor.predict(rows.iloc[0].tolist())) is float

    run(ask)


def test_requests_that_arrive_together_travel_in_one_call() -> None:
    model = FakeModel()

    async def ask() -> None:
        with predictor_for(model, slow=False) as predictor:
            asked = [n / 100 for n in range(16)]
            assert await asyncio.gather(*(predictor.predict([n, 0]) for n in asked)) == asked
            assert model.lots == [asked]

    run(ask)


def test_requests_that_arrive_during_a_call_travel_in_the_next_one() -> None:
    async def ask() -> None:
        with blocked() as (predictor, model, gate):
            first = asyncio.ensure_future(predictor.predict([0.5, 0]))
            await until(model.called.is_set)
            others = [asyncio.ensure_future(predictor.predict([n / 10, 0])) for n in range(5)]
            await asyncio.sleep(0)
            gate.set()
            assert await first == 0.5
            assert await asyncio.gather(*others) == [0, 0.1, 0.2, 0.3, 0.4]
            assert model.lots == [[0.5], [0, 0.1, 0.2, 0.3, 0.4]]

    run(ask)


def test_a_call_takes_at_most_max_rows() -> None:
    model = FakeModel()

    async def ask() -> None:
        with predictor_for(model, slow=False) as predictor:
            await asyncio.gather(*(predictor.predict([0.5, 0]) for _ in range(2 * MAX_ROWS + 1)))
            assert [len(lot) for lot in model.lots] == [MAX_ROWS, MAX_ROWS, 1]

    run(ask)


def test_who_arrives_alone_waits_for_no_clock() -> None:
    """La respuesta sale en unas pocas vueltas del event loop, sin que pase el tiempo."""
    model = FakeModel()

    async def ask() -> None:
        with predictor_for(model, slow=False) as predictor:
            asked, turns = asyncio.ensure_future(predictor.predict([0.5, 0])), 0
            while not asked.done():
                await asyncio.sleep(0)
                turns += 1
            assert turns <= 8

    run(ask)


def test_a_slow_model_leaves_the_event_loop_free() -> None:
    async def ask() -> None:
        with blocked() as (predictor, model, gate):
            asked = asyncio.ensure_future(predictor.predict([0.5, 0]))
            await until(model.called.is_set)
            assert not asked.done()  # y acá estamos: el loop sigue dando vueltas
            gate.set()
            assert await asked == 0.5
            assert threading.get_ident() not in model.threads

    run(ask)


def test_a_fast_model_runs_where_the_connections_are() -> None:
    model = FakeModel()

    async def ask() -> None:
        with predictor_for(model, slow=False) as predictor:
            await predictor.predict([0.5, 0])
            assert model.threads == {threading.get_ident()}

    run(ask)


def test_the_predictor_finds_out_if_the_model_is_slow(pipeline: Pipeline) -> None:
    class Sleepy(FakeModel):
        def predict_proba(self, rows: Rows) -> Rows:
            threading.Event().wait(0.02)
            return super().predict_proba(rows)

    with predictor_for(pipeline) as fast, predictor_for(Sleepy()) as slow:
        assert not fast.is_slow
        assert slow.is_slow


@pytest.mark.parametrize("slow", [False, True])
def test_an_error_of_the_model_reaches_everyone_and_the_next_ones_go_on(slow: bool) -> None:
    model = FakeModel()

    async def ask() -> None:
        with predictor_for(model, slow=slow) as predictor:
            model.error = ArithmeticError("el modelo se rompió")
            answers = await asyncio.gather(
                *(predictor.predict([0.5, 0]) for _ in range(5)), return_exceptions=True
            )
            assert [repr(answer) for answer in answers] == [repr(model.error)] * 5
            model.error = None
            assert await predictor.predict([0.25, 0]) == 0.25

    run(ask)


@pytest.mark.parametrize("slow", [False, True])
def test_a_wrong_number_of_scores_reaches_everyone(slow: bool) -> None:
    class Short(FakeModel):
        def predict_proba(self, rows: Rows) -> Rows:
            return super().predict_proba(rows)[:-1]

    async def ask() -> None:
        with predictor_for(Short(), slow=slow) as predictor:
            answers = await asyncio.gather(
                *(predictor.predict([0.5, 0]) for _ in range(3)), return_exceptions=True
            )
            assert [type(answer) for answer in answers] == [ValueError] * 3

    run(ask)


def test_who_leaves_does_not_travel_nor_bother_the_others() -> None:
    async def ask() -> None:
        with blocked() as (predictor, model, gate):
            on_the_road = asyncio.ensure_future(predictor.predict([0.1, 0]))
            await until(model.called.is_set)
            leaves, stays = (asyncio.ensure_future(predictor.predict([n, 0])) for n in (0.2, 0.3))
            await asyncio.sleep(0)
            on_the_road.cancel()
            leaves.cancel()
            gate.set()
            assert await stays == 0.3
            assert on_the_road.cancelled()
            assert leaves.cancelled()
            assert model.lots == [[0.1], [0.3]]

    run(ask)


def test_a_call_in_which_everyone_left_is_not_made() -> None:
    model = FakeModel()

    async def ask() -> None:
        with predictor_for(model, slow=False) as predictor:
            leaves = asyncio.ensure_future(predictor.predict([0.2, 0]))
            await asyncio.sleep(0)
            leaves.cancel()
            await asyncio.gather(leaves, return_exceptions=True)
            assert await predictor.predict([0.3, 0]) == 0.3
            assert model.lots == [[0.3]]

    run(ask)


def test_too_many_waiting_are_told_so_and_there_is_room_again_later() -> None:
    async def ask() -> None:
        with blocked(max_waiting=3) as (predictor, model, gate):
            first = asyncio.ensure_future(predictor.predict([0.1, 0]))
            await until(model.called.is_set)
            waiting = [asyncio.ensure_future(predictor.predict([0.2, 0])) for _ in range(3)]
            await asyncio.sleep(0)
            with pytest.raises(BusyError):
                await predictor.predict([0.3, 0])
            gate.set()
            assert await asyncio.gather(first, *waiting) == [0.1, 0.2, 0.2, 0.2]
            assert await predictor.predict([0.4, 0]) == 0.4

    run(ask)


def test_who_asks_a_closed_predictor_gets_an_error_and_does_not_hang() -> None:
    async def ask() -> None:
        with predictor_for(FakeModel(), slow=True) as predictor:
            predictor.close()
            with pytest.raises(RuntimeError):
                await predictor.predict([0.1, 0])

    run(ask)


def test_without_names_leaves_the_model_as_it_was(pipeline: Pipeline, rows: pd.DataFrame) -> None:
    copy = without_names(pipeline)
    assert copy.predict_proba(rows.to_numpy()).shape == (N_ROWS, 2)
    assert tuple(pipeline.feature_names_in_) == FEATURES
