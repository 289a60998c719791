"""La configuración de Sphinx: en castellano, sin pedir nada a internet, y se busca sin servidor."""

from pathlib import Path

HERE = Path(__file__).parent

project = "Aprendizaje de máquina II"
author = "FIUBA"
language = "es"
extensions = ["myst_nb"]
templates_path = [str(HERE / "templates")]

nb_execution_mode = "off"
nb_merge_streams = True
myst_heading_anchors = 3
# El resaltado no entiende un renglón de shell ni las líneas mágicas de una notebook.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "pydata_sphinx_theme"
html_title = project
html_static_path = [str(HERE / "static")]
html_css_files = ["course.css"]
html_context = {"default_mode": "auto"}
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_permalinks = False
# El resumen de cada resultado se pide con fetch, que no anda al abrir un archivo.
html_show_search_summary = False
html_sidebars = {"**": ["units.html"]}
html_theme_options = {
    "navbar_start": ["navbar-logo"],
    "navbar_center": [],
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
    "back_to_top_button": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
copyright = "Textos: CC BY 4.0. Código: MIT"
