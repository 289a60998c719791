"""La aplicación de referencia: el modelo del banco para quien no escribe código.

`make app` la pone en marcha. `screen.py` dibuja la pantalla; `scorers.py` consigue los puntajes, en
este proceso o pidiéndoselos a la API; `portfolio.py` lee los archivos; `launch.py` la publica.
"""

from amq2.app.launch import launch_options, mount
from amq2.app.scorers import ApiScorer, LocalScorer, Scorer
from amq2.app.screen import create_screen

__all__ = ["ApiScorer", "LocalScorer", "Scorer", "create_screen", "launch_options", "mount"]
