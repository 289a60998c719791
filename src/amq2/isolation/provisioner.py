"""El enchufe de jupyter_client: quien ejecute con este kernelspec recibe un kernel encerrado.

Es lo que usan nbclient, nbgrader y JupyterLab para arrancar cualquier kernel; en lugar de lanzar un
programa, este le pide una copia a un vivero.
"""

import json
import os
import select
import shutil
import socket
import tempfile
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from amq2.isolation.nurseries import nursery_for
from amq2.isolation.room import Limits

NURSERY = "AMQ2_NURSERY"
"""Variable del entorno del kernel con el socket del vivero que hay que usar."""

PASSED = ("NBGRADER_EXECUTION",)
"""Lo que el kernel recibe del entorno que se le pide."""

KERNEL = "amq2"


def kernel_specs() -> KernelSpecManager:
    """Los kernels instalados y, además, el encerrado, que se llama `KERNEL`."""
    specs = KernelSpecManager()
    specs.kernel_dirs = [*specs.kernel_dirs, str(Path(__file__).parent / "kernels")]
    return specs


class IsolatedKernel:
    """Un kernel de un vivero, con los métodos de `Popen` que usa jupyter_client.

    Attributes:
        is_lost: terminó sin que quien lo vigila dijera cómo. De adentro no se llega hasta quien
            vigila: la falla es de la máquina, no de la entrega.
    """

    stdin = stdout = stderr = None

    def __init__(self, address: str, request: dict[str, Any]) -> None:
        """Lo pide.

        Raises:
            OSError: si el vivero no contesta o no lo pudo encerrar.
        """
        self.returncode: int | None = None
        self.is_lost = False
        self.connection = socket.socket(socket.AF_UNIX)
        try:
            self.connection.connect(address)
            with suppress(BrokenPipeError):  # si ya contestó que no puede, cierra sin leer
                self.connection.sendall(json.dumps(request).encode() + b"\n")
            self.answers = self.connection.makefile()
            answer = json.loads(self.answers.readline() or '{"error": "el vivero no contesta"}')
            if "error" in answer:
                raise OSError(answer["error"])
        except BaseException:
            self.close()
            raise
        self.pid: int = answer["pid"]

    def poll(self) -> int | None:
        """Con qué salió, o `None` si sigue."""
        if self.returncode is None and select.select([self.connection], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self) -> int:
        """Espera a que termine y dice con qué salió."""
        if self.returncode is None:
            answer = json.loads(self.answers.readline() or "{}")
            self.is_lost = "exit" not in answer
            self.returncode = answer.get("exit", -9)
            self.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Le manda una señal, y también a los procesos de su grupo."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """Lo termina, con todo lo que lanzó."""
        if self.poll() is None:
            os.kill(self.pid, 9)

    def close(self) -> None:
        """Cierra la conexión; si el kernel vivía, el vivero lo termina."""
        if hasattr(self, "answers"):
            self.answers.close()
        self.connection.close()


class IsolatedProvisioner(LocalProvisioner):
    """Arranca kernels encerrados; habla con ellos por sockets de una carpeta que comparten."""

    address = ""
    folder: Path | None = None
    process: Any = None

    @property
    def is_lost(self) -> bool:
        """Si el kernel terminó por una falla de la máquina."""
        return bool(self.process) and self.process.poll() is not None and self.process.is_lost

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        env = kwargs.get("env", {})
        self.address = env.get(NURSERY) or str(nursery_for(""))
        # En la carpeta del vivero, que la borra aunque maten a quien pide el kernel.
        self.folder = Path(tempfile.mkdtemp(dir=Path(self.address).parent))
        for name in ("raiz", "trabajo", "z"):
            (self.folder / name).mkdir()
        manager: Any = self.parent
        manager.transport, manager.ip = "ipc", str(self.folder / "z" / "k")
        manager.connection_file = str(self.folder / "z" / "kernel.json")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401
        assert self.folder
        env = kwargs["env"]
        request = {
            "arguments": cmd[cmd.index("-f") :],
            "env": {name: env[name] for name in PASSED if name in env},
            "limits": asdict(Limits()),
            "root": str(self.folder / "raiz"),
            "sockets": str(self.folder / "z"),
            "work": str(Path(kwargs.get("cwd") or self.folder / "trabajo").resolve()),
        }
        self.process = IsolatedKernel(self.address, request)
        self.pid = self.process.pid
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        if self.process:
            self.process.kill()

    async def cleanup(self, restart: bool = False) -> None:
        if self.process:
            self.process.close()
        if self.folder and not restart:
            shutil.rmtree(self.folder, ignore_errors=True)
        await super().cleanup(restart)
