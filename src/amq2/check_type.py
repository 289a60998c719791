"""Probar qué acepta un tipo de pydantic, y decir por qué lo rechaza."""

from pydantic import BaseModel, TypeAdapter, ValidationError

from amq2.checks import CheckFailed


def check_is_type(kind: object) -> None:
    """Pide que sea una clase, y no un objeto.

    Raises:
        CheckFailed: si no lo es.
    """
    if isinstance(kind, type):
        return
    if kind is None:
        raise CheckFailed("✗ Tu función no devolvió nada: le falta el `return` con la clase.")
    found = "un objeto ya armado" if isinstance(kind, BaseModel) else f"un {type(kind).__name__}"
    raise CheckFailed(f"✗ Tu función devolvió {found}: va la clase, sin paréntesis después.")


def why_not(kind: type, data: object) -> str:
    """Por qué un tipo rechaza unos datos, en palabras de pydantic; vacío si los acepta."""
    try:
        TypeAdapter(kind).validate_python(data)
    except ValidationError as error:
        return "; ".join(
            f"{'.'.join(map(str, one['loc'])) or 'todo junto'}: {one['msg']}"
            for one in error.errors()
        )
    return ""


def check_accepts(kind: type, data: object, what: str) -> None:
    """Pide que un tipo acepte unos datos.

    Args:
        kind: el tipo.
        data: los datos.
        what: qué se está mirando, por ejemplo «purchases puede valer 500».

    Raises:
        CheckFailed: si los rechaza; dice `what` y el motivo de pydantic.
    """
    check_is_type(kind)
    if reason := why_not(kind, data):
        raise CheckFailed(f"✗ {what}, y se rechazó.\n  pydantic:    {reason}")


def check_rejects(kind: type, data: object, what: str) -> None:
    """Pide que un tipo rechace unos datos.

    Raises:
        CheckFailed: con `what`, si los acepta.
    """
    check_is_type(kind)
    if not why_not(kind, data):
        raise CheckFailed(f"✗ {what}, y se aceptó.\n  Se probó con: {data}")
