"""Muestra HTML, JavaScript, SVG y signos de terminal que correrían en la pantalla del docente."""

from IPython.display import HTML, SVG, Javascript, Markdown, display

evil = "<script>alert('MALO')</script><img src=x onerror=alert('MALO')>"
display(HTML(evil), Javascript("alert('MALO')"), Markdown(evil))
picture = "<svg xmlns='http://www.w3.org/2000/svg' onload=\"alert('MALO')\">{}</svg>"
display(SVG(picture.format("<script>alert('MALO')</script>")))
print("\x1b]0;MALO\x07\x1b[2J" + evil)
raise RuntimeError("\x1b]0;MALO\x07" + evil)
