"""Reemplaza una función de numpy que no está escrita en Python."""
# señal: numpy.abs
# en: 99.4

import numpy as np

np.abs = lambda value: 0
