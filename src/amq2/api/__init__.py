"""El servicio de referencia: el modelo del banco detrás de una API. `make api` lo pone en marcha.

Orden de lectura: `app` arma la aplicación con lo demás. `schemas` dice qué entra y qué sale;
`predictions`, `applicants` y `health` son los endpoints; `database` guarda. El resto es lo que
separa un ejemplo de un servicio: clave (`key`), errores que se entienden (`errors`), y topes,
registros y métricas (`observe`). De los clientes que no terminan lo que empiezan se ocupa
`amq2.guarded`.
"""

from amq2.api.app import create_app
from amq2.api.settings import Settings

__all__ = ["Settings", "create_app"]
