"""Termina con un error cuyo texto pesa 200 MB."""

raise RuntimeError("x" * 200_000_000)
