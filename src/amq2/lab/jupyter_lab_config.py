"""Cómo abre JupyterLab el curso: sólo en esta máquina, sin pedir nada a internet."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - la da el cargador de traitlets

c.ServerApp.ip = "127.0.0.1"
c.LabApp.default_url = "/lab/tree/inicio.md"
c.LabApp.extension_manager = "readonly"
