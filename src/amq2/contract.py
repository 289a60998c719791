"""Revisar que un servicio cumpla su contrato: un documento OpenAPI escrito antes que el código.

`conformance` manda los ejemplos de pedido que trae el documento y mira dos cosas de cada respuesta:
que su estado esté previsto y que su cuerpo cumpla el esquema de ese estado (JSON Schema 2020-12, el
que usa OpenAPI 3.1). Vale para un servicio escrito con cualquier framework, en cualquier lenguaje.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import requests
from jsonschema import Draft202012Validator, ValidationError

Document = Mapping[str, Any]

TIMEOUT = 5
"""Segundos que se espera cada respuesta."""


def conformance(url: str, document: Document) -> pd.DataFrame:
    """Prueba un servicio contra su contrato.

    Args:
        url: dónde está el servicio, sin barra final.
        document: el documento OpenAPI, ya leído; los ejemplos de pedido van en `examples`.

    Returns:
        Un renglón por ejemplo: `operación`, `ejemplo`, `estado` y `problema`, vacío si cumple.

    Raises:
        ValueError: si el documento no trae ningún ejemplo para probar.
    """
    rows = [
        (f"{method.upper()} {path}", name, *_try(url + path, method, body, operation, document))
        for method, path, operation in _operations(document)
        for name, body in _examples(operation)
    ]
    if not rows:
        raise ValueError("El documento no trae ejemplos: agregá `examples` a sus pedidos.")
    return pd.DataFrame(rows, columns=["operación", "ejemplo", "estado", "problema"])


def _operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield method, path, operation


def _examples(operation: Document) -> Iterator[tuple[str, object]]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    for name, example in content.get("examples", {}).items():
        yield name, example["value"]


def _try(
    url: str, method: str, body: object, operation: Document, document: Document
) -> tuple[int, str]:
    """El estado que volvió, y en qué no cumple."""
    response = requests.request(method, url, json=body, timeout=TIMEOUT)
    status = response.status_code
    expected = operation["responses"].get(str(status))
    if expected is None:
        return status, "ese estado no está en el contrato"
    content = expected.get("content", {})
    if not content:
        return status, ""
    kind = response.headers.get("content-type", "").partition(";")[0]
    if kind not in content:
        return status, f"contestó {kind or 'sin tipo'} y no {' ni '.join(content)}"
    # Los `$ref` apuntan a #/components/…: se busca ahí.
    schema = {**content[kind]["schema"], "components": document.get("components", {})}
    try:
        Draft202012Validator(schema).validate(response.json())
    except (ValidationError, ValueError) as error:
        return status, getattr(error, "message", "el cuerpo no es JSON")
    return status, ""
