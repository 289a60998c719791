"""Lee la dirección cero: el intérprete termina con una violación de memoria."""

import ctypes

ctypes.string_at(0)
