"""Termina el kernel con os._exit(0), como si todo hubiera salido bien."""

import os

os._exit(0)
