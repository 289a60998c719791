"""Cómo abre JupyterLab el curso: sólo en esta máquina, sin pedir nada a internet."""

import os

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - la da el cargador de traitlets

c.ServerApp.ip = "127.0.0.1"
c.LabApp.default_url = "/lab/tree/inicio.md"
c.LabApp.extension_manager = "readonly"

# En Codespaces se llega por una dirección de GitHub: se acepta ésa, y ninguna otra.
if name := os.environ.get("CODESPACE_NAME"):
    domain = os.environ.get("GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN", "app.github.dev")
    host = f"{name}-8888.{domain}"
    c.ServerApp.allow_origin = f"https://{host}"
    c.ServerApp.local_hostnames = ["localhost", host]
