"""La pantalla: un formulario para quien atiende, con el mismo modelo que la API.

`python app.py` la enciende.
"""

import gradio as gr
import model
import pandas as pd

from amq2.project.patients import COLUMNS, FEATURES

raise NotImplementedError("completá este ejercicio")

if __name__ == "__main__":
    screen.launch(server_name="127.0.0.1")
