"""Un widget de salida se queda con lo que publica la prueba, como hace ipywidgets.Output."""

import threading
import time

kernel = get_ipython().kernel
state = {
    "_model_module": "@jupyter-widgets/output",
    "_model_name": "OutputModel",
    "outputs": [],
    "msg_id": "",
}
kernel.session.send(
    kernel.iopub_socket,
    "comm_open",
    {"comm_id": "w", "target_name": "jupyter.widget", "data": {"state": state}},
    parent=kernel.get_parent("shell"),
)


def catch():
    while True:
        parent = kernel.get_parent("shell")
        content = {
            "comm_id": "w",
            "data": {"method": "update", "state": {"msg_id": parent["header"]["msg_id"]}},
        }
        kernel.session.send(kernel.iopub_socket, "comm_msg", content, parent=parent)
        time.sleep(0.0005)


threading.Thread(target=catch, daemon=True).start()
