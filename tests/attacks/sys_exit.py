"""Llama a sys.exit(0) en la celda y adentro de la respuesta."""

import sys


def double(x):
    sys.exit(0)


sys.exit(0)
