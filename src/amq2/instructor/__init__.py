"""Lo que usan los docentes: publicar las unidades, corregir y exportar notas.

No viaja en el árbol de los estudiantes.
"""
