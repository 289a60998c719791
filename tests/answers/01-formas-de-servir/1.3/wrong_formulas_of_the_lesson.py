# pierde: 4
# mensaje: always_on con 1500 predicciones por día
# Las cuentas de la sección 5 son de otro proveedor: hora pico, y sin minutos enteros.
import numpy as np


def monthly_costs(volume, *, hourly_price, capacity, startup_seconds, row_seconds):
    machines = np.ceil(volume / 86_400 * 4 * row_seconds)
    return {
        "always_on": np.maximum(machines, 2) * hourly_price * 24,
        "nightly": 30 * hourly_price * (startup_seconds + volume * row_seconds) / 3600,
    }


def crossover(volumes, **offer):
    return 3000 if 3000 in volumes else None
