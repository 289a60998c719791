"""Lo que más de un módulo necesita saber, dicho una sola vez."""

HOST = "127.0.0.1"
"""Dirección en la que escuchan todos los servidores del curso: esta máquina y ninguna otra."""
