"""Pide toda la memoria de una vez."""

x = b"\1" * 10**12
