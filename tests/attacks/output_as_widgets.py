"""Manda 100 MB como estado de un widget, que no pasa por la salida de la celda."""

kernel = get_ipython().kernel
for number in range(100):
    content = {
        "comm_id": f"c{number}",
        "target_name": "jupyter.widget",
        "data": {"state": {"x": "x" * 1_000_000}},
    }
    kernel.session.send(
        kernel.iopub_socket, "comm_open", content, parent=kernel.get_parent("shell")
    )
say("los mandó")
