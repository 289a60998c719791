"""La configuración del servicio: cada campo se puede dar como variable de entorno."""

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Lo que cambia de una instalación a otra. La clave no tiene valor por defecto: es un secreto.

    Attributes:
        api_key: la clave que mandan los clientes en X-API-Key. No aparece al imprimir Settings.
        database_url: como la escribe SQLAlchemy; por ejemplo `postgresql://banco@localhost/banco`.
        model_path: un modelo guardado con `amq2.model.save`; sin él, se entrena el del curso.
        max_body_bytes: el cuerpo más grande que se acepta; un lote lleno ocupa unos 200.000 bytes.
        database_seconds: cuánto se espera a una base ocupada antes de contestar 503.
        client_seconds: cuánto se espera a un cliente que no termina de mandar, o de leer.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, frozen=True)

    api_key: SecretStr = Field(min_length=8)
    database_url: str = "sqlite:///applicants.db"
    model_path: Path | None = None
    max_body_bytes: int = Field(default=500_000, gt=0)
    database_seconds: float = Field(default=5, gt=0)
    client_seconds: float = Field(default=20, gt=0)
