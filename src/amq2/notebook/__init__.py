"""Los notebooks del curso por dentro: leerlos, reponer sus celdas y ejecutarlos con límites.

Lo usan por igual la revisión del estudiante (`make check`) y la corrección (`make grade`): por eso
lo que una dice es lo que la otra hace.
"""
