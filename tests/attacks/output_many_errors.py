"""Manda mil errores, cada uno con un nombre y un texto de 100 KB."""

kernel = get_ipython().kernel
big = "x" * 100_000
for number in range(1000):
    content = {"ename": big, "evalue": big, "traceback": [big]}
    kernel.session.send(kernel.iopub_socket, "error", content, parent=kernel.get_parent("shell"))
