"""Lo que usa el trabajo integrador (unidad 07): otros datos, y cómo se prueba lo que armaste.

- `patients`: los datos, que son reales, y la ficha de sus columnas.
- `practice`: el modelo con el que se prueban los servicios, que no es el tuyo.
- `workspace`: una copia de tus archivos, para probarlos sin tocarlos.
- `loading`, `children` e `inside`: importar un archivo tuyo, en otro proceso, y encenderlo.
- `trained`, `services` y `days`: las preguntas a tu modelo, a tus servicios y a tu DAG.

Cada error tuyo termina en un `CheckFailed`: un mensaje que dice qué pasó y qué mirar.
"""
