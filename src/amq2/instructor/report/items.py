"""Cómo anduvo cada ejercicio: dificultad y discriminación, de la teoría clásica de los tests."""

import pandas as pd

MIN_STUDENTS = 10
"""Con menos estudiantes, una correlación no dice nada y no se muestra."""

LOOK_AT = 0.2
"""Por debajo de esta discriminación conviene mirar la consigna y las pruebas."""


def item_statistics(exercises: pd.DataFrame) -> pd.DataFrame:
    """Las cifras de cada ejercicio, sobre quienes entregaron y ya tienen nota en él.

    La dificultad es la fracción media de los puntos: 1 si todos lo resuelven entero, 0 si nadie.

    La discriminación es la correlación de Pearson entre lo que cada uno sacó en el ejercicio, x, y
    lo que sacó en el resto de la unidad, r = corr(x, T − x): la correlación ítem-total corregida
    (S. Henrysson, «Correction of item-total correlations in item analysis», Psychometrika 28,
    1963). Sin la corrección, el ejercicio se compararía en parte consigo mismo. El resto va como
    fracción de los puntos que ya tienen nota: si están todos, r es la misma, y si a alguien le
    falta una corrección a mano se lo puede comparar igual.

    Args:
        exercises: `Marks.exercises`.

    Returns:
        Una fila por ejercicio, con índice `(unit, exercise)`: `points`, `students` (cuántos
        tienen nota), `difficulty`, `full` y `zero` (qué parte sacó todo o nada) y
        `discrimination`, sin valor si son menos de `MIN_STUDENTS` o si todos sacaron lo mismo.
    """
    marked = exercises.dropna(subset=["score"])
    place = ["unit", "exercise"]
    whole = marked.groupby(["student", "unit"])[["score", "max_score"]].transform("sum")
    left = whole["max_score"] - marked["max_score"]
    rest = ((whole["score"] - marked["score"]) / left).where(left > 0)
    ratio = marked["score"] / marked["max_score"]
    table = marked.assign(ratio=ratio, rest=rest, full=ratio >= 1, zero=ratio <= 0)
    groups = table.groupby(place)
    statistics = groups.agg(
        points=("max_score", "first"),
        students=("student", "count"),
        difficulty=("ratio", "mean"),
        full=("full", "mean"),
        zero=("zero", "mean"),
    )
    statistics["discrimination"] = pd.Series(
        {place: _correlation(group["ratio"], group["rest"]) for place, group in groups}
    )
    return statistics


def _correlation(item: "pd.Series[float]", rest: "pd.Series[float]") -> float:
    both = pd.concat([item, rest], axis=1).dropna()
    if len(both) < MIN_STUDENTS or (both.nunique() < 2).any():
        return float("nan")
    return float(both.corr().iloc[0, 1])
