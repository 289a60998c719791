"""Registros estructurados: un objeto JSON por renglón, para que los lea un programa."""

import json
import logging
from datetime import UTC, datetime


class JsonFormatter(logging.Formatter):
    """Escribe la hora (UTC), el nivel, el mensaje y lo que venga en `extra={"fields": …}`."""

    def format(self, record: logging.LogRecord) -> str:
        """Un renglón, siempre: en JSON, un salto de línea del cliente es `\\n`."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


def configure() -> None:
    """Manda todos los registros a la salida de errores, en JSON."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
