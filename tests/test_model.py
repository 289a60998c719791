"""El modelo del banco: acierta, se guarda, y no se carga si algo no cierra."""

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from amq2.credit import FEATURES, applicants
from amq2.evaluation import evaluate, held_out
from amq2.model import (
    TRAINING_ROWS,
    ModelError,
    load,
    metadata_path,
    predict_default,
    read_metadata,
    save,
    train,
)
from amq2.plain import plain
from amq2.practice import CARD_FEATURES, card_model, card_rows


@pytest.fixture(scope="module")
def model() -> Pipeline:
    return train()


@pytest.fixture
def path(model: Pipeline, tmp_path: Path) -> Path:
    path = tmp_path / "model.skops"
    save(model, path)
    return path


def change_sheet(path: Path, **changes: object) -> None:
    """Cambia la ficha de un modelo guardado."""
    sheet = metadata_path(path)
    sheet.write_text(json.dumps({**json.loads(sheet.read_text()), **changes}))


def replace_content(path: Path, content: bytes) -> None:
    """Cambia el archivo y deja la ficha con su huella, como haría alguien con mala intención."""
    path.write_bytes(content)
    change_sheet(path, sha256=hashlib.sha256(content).hexdigest())


def reason(path: Path) -> str:
    """Por qué no se carga: siempre una sola línea."""
    with pytest.raises(ModelError) as error:
        load(path)
    assert "\n" not in str(error.value)
    return str(error.value)


# --- Predecir ---------------------------------------------------------------------------------


def test_the_model_is_between_the_base_rate_and_the_truth_and_nearer_the_truth(
    model: Pipeline,
) -> None:
    floor, ours, ceiling = evaluate(model, held_out()).to_numpy()
    sign = np.array([1, -1, -1])  # en brier y log_loss, menos es mejor
    assert (sign * floor < sign * ours).all()
    assert (sign * ours < sign * ceiling).all()
    assert (abs(ceiling - ours) < abs(ours - floor)).all()


def test_the_held_out_rows_are_not_the_training_rows() -> None:
    assert held_out().index.min() == TRAINING_ROWS + 1


def test_training_twice_gives_the_same_model(model: Pipeline) -> None:
    rows = applicants(500)
    assert (predict_default(train(), rows) == predict_default(model, rows)).all()


def test_one_row_alone_gets_the_score_that_it_gets_in_a_batch(model: Pipeline) -> None:
    rows = applicants(300)
    alone = [predict_default(model, rows.iloc[[i]])[0] for i in range(300)]
    assert alone == predict_default(model, rows).tolist()


def test_the_order_of_the_columns_and_other_columns_do_not_matter(model: Pipeline) -> None:
    rows = applicants(50)
    turned = rows[rows.columns[::-1]].assign(name="Ema")
    assert (predict_default(model, turned) == predict_default(model, rows)).all()


def test_no_rows_give_no_scores(model: Pipeline) -> None:
    assert predict_default(model, applicants(0)).shape == (0,)


# --- Guardar y cargar -------------------------------------------------------------------------


def test_the_loaded_model_gives_the_same_scores_to_the_last_bit(
    model: Pipeline, path: Path
) -> None:
    rows = held_out()[list(FEATURES)]
    assert (load(path).predict_proba(rows) == model.predict_proba(rows)).all()


def test_the_sheet_says_versions_features_and_hash(path: Path) -> None:
    sheet = read_metadata(path)
    assert sheet.features == FEATURES
    assert sheet.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_nothing_has_to_be_trusted_to_load_the_model(path: Path) -> None:
    assert skops.io.get_untrusted_types(file=path) == []


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    assert "entrená el modelo con train y guardalo con save" in reason(tmp_path / "no.skops")


def test_a_missing_sheet_says_to_save_again(path: Path) -> None:
    metadata_path(path).unlink()
    assert "guardá el modelo de nuevo" in reason(path)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"features": 3}', '{"features": [], "x": 1}'])
def test_a_sheet_that_is_not_one_says_so(path: Path, text: str) -> None:
    metadata_path(path).write_text(text)
    assert "no es una ficha" in reason(path)


def test_one_changed_byte_is_noticed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert "cambió su SHA-256" in reason(path)


def test_another_version_of_scikit_learn_is_named(path: Path) -> None:
    change_sheet(path, sklearn_version="0.99")
    assert "es de scikit-learn 0.99" in reason(path)


def test_a_type_that_could_run_commands_is_not_loaded(path: Path) -> None:
    replace_content(path, skops.io.dumps(FunctionTransformer(func=subprocess.getoutput)))
    assert "pide confiar en subprocess.getoutput: no lo cargues" in reason(path)


def test_a_file_that_is_not_of_skops_says_so(path: Path) -> None:
    replace_content(path, b"cualquier cosa")
    assert "no es de skops" in reason(path)


@pytest.mark.parametrize("thing", [{"a": 1}, StandardScaler()])
def test_something_that_does_not_predict_is_not_a_model(path: Path, thing: object) -> None:
    replace_content(path, skops.io.dumps(thing))
    assert f"trae un {type(thing).__name__} y no un modelo" in reason(path)


def test_a_model_with_other_columns_than_its_sheet_is_refused(path: Path) -> None:
    other = LogisticRegression().fit(pd.DataFrame({"x": [0, 1, 2, 3]}), [0, 1, 0, 1])
    replace_content(path, skops.io.dumps(other))
    assert "no usa las columnas de su ficha" in reason(path)


# --- Para los ejercicios ----------------------------------------------------------------------


def test_the_practice_model_counts_its_calls_and_takes_tables_and_arrays() -> None:
    model, rows = card_model(), pd.DataFrame(card_rows(20))
    from_table = model.predict_proba(rows)
    from_array = model.predict_proba(rows[list(CARD_FEATURES)].to_numpy())
    assert np.allclose(from_table, from_array)
    assert model.calls == 2
    assert card_model().calls == 0


def test_plain_forgets_the_library_and_keeps_the_value() -> None:
    assert plain({"a": np.float64(1), "b": (np.array([1, 2]), pd.Series([0.5]))}) == {
        "a": 1.0,
        "b": ([1.0, 2.0], [0.5]),
    }
    assert plain([True, None, np.str_("x"), np.bool_(False)]) == [True, None, "x", False]
    assert type(plain(np.str_("x"))) is str
