"""La pantalla tiene otro nombre."""

import gradio as gr

demo = gr.Interface(lambda age: age, "number", "number")
