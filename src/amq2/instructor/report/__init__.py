"""`make report`: una página para el docente, que se abre sin internet, sobre toda la clase.

`marks` lee las notas; `items`, `behind` y `messages` las resumen; `work` lee las entregas
corregidas y `similarity` las compara; `pictures` dibuja y `__main__` arma la página.
"""
