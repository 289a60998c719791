"""La API: la progresión de un paciente, o de muchos.

`uvicorn api:app` la enciende.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import model
import pandas as pd
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, create_model

from amq2.project.patients import COLUMNS

raise NotImplementedError("completá este ejercicio")
