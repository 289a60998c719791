"""Cómo abre JupyterLab el curso: sólo en esta máquina, sin pedir nada a internet."""

c = get_config()  # type: ignore[name-defined]  # noqa: F821 - la da el cargador de traitlets

c.ServerApp.ip = "127.0.0.1"
c.LabApp.default_url = "/lab/tree/inicio.md"
c.LabApp.extension_manager = "readonly"
# El botón Validate muestra lo mismo que make check.
# Sin el servicio de intercambio de nbgrader: cada estudiante entrega por el campus.
c.ServerApp.jpserver_extensions = {
    "amq2.lab.validate": True,
    "nbgrader.server_extensions.assignment_list": False,
    "nbgrader.server_extensions.course_list": False,
}
