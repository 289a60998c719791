"""Le pide al cliente que reemplace la celda que sigue y que salga sin preguntar."""

shell = get_ipython()
shell.set_next_input("def triple(x):\n    return 3 * x", replace=True)
shell.payload_manager.write_payload({"source": "ask_exit", "keepkernel": False})
shell.payload_manager.write_payload(
    {"source": "edit_magic", "filename": "/etc/passwd", "line_number": 1}
)
say("lo pidió")
