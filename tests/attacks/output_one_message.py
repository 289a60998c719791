"""Escribe 300 MB en un solo mensaje."""

print("x" * 300_000_000)
