"""El servicio de referencia: el modelo del banco detrás de una API. `make api` lo pone en marcha.

Orden de lectura: `app` arma la aplicación con lo demás. `schemas` dice qué entra y qué sale;
`predictions`, `applicants` y `health` son los endpoints; `database` guarda. `key`, `problems`,
`limits`, `observe` y `protocol` son lo que separa un ejemplo de un servicio: clave, errores que se
entienden, topes, registros y métricas, y clientes que no terminan lo que empiezan.
"""

from amq2.api.app import create_app
from amq2.api.settings import Settings

__all__ = ["Settings", "create_app"]
