"""Escribe quinientas salidas chicas con el mismo identificador y las cambia por una de 90 KB."""

from IPython.display import display

for number in range(500):
    handle = display({"text/plain": ""}, raw=True, display_id="d", metadata={})
display({"text/plain": "x" * 90_000}, raw=True, display_id="d", update=True)
