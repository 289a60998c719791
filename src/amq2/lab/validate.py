"""El botón Validate de JupyterLab muestra lo mismo que `make check`.

Es una extensión del servidor que atiende, antes que nbgrader, la dirección que llama el botón. La
revisión corre en otro proceso, así JupyterLab sigue contestando mientras tanto.
"""

import asyncio
import json
import sys
from pathlib import Path

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from tornado import web

# El cuadro de diálogo de nbgrader antepone textos en inglés que acá sobran.
STYLE = (
    "<style>#validation-message > :not(:last-child) {display: none}"
    "#validation-message pre {white-space: pre-wrap}</style>"
)


class ValidateHandler(JupyterHandler):
    """Recibe la ruta de un notebook y contesta el informe de `make check`."""

    @web.authenticated
    async def post(self) -> None:
        """Revisa el notebook guardado."""
        root = Path(self.settings["server_root_dir"]).expanduser().resolve()
        path = (root / self.get_argument("path").lstrip("/")).resolve()
        if not path.is_relative_to(root):
            raise web.HTTPError(403, "El notebook está fuera de la carpeta del curso.")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "amq2.student.check", "--html", str(path)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        report, errors = await process.communicate()
        text = report.decode() if process.returncode == 0 else f"<pre>{errors.decode()}</pre>"
        shown = [{"source": "", "error": STYLE + text, "raw_error": ""}]
        self.finish(json.dumps({"success": True, "value": {"failed": shown}}))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "amq2.lab.validate"}]


def _load_jupyter_server_extension(app: ServerApp) -> None:
    url = url_path_join(app.web_app.settings["base_url"], "/assignments/validate")
    app.web_app.add_handlers(".*$", [(url, ValidateHandler)])
