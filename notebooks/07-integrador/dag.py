"""El proceso de cada noche: el archivo del día entra, los puntajes salen.

Parámetros: `day`, por ejemplo "2026-03-02", y `folder`, la carpeta de los días.
"""

import os
from pathlib import Path
from typing import Any

import model
import pandas as pd
from airflow.sdk import Param, dag, task

from amq2.project.patients import COLUMNS, FEATURES

raise NotImplementedError("completá este ejercicio")
