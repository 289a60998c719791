"""Las piezas de la noche del banco: lo que `dags/nightly_scoring.py` pone en orden.

    places        dónde queda cada cosa
    closing       el cierre del día que dejan las sucursales
    warehouse     la copia de la base operativa al warehouse
    quality       qué filas sirven, cuáles no y por qué
    models        qué versión del modelo se publica y cuál corre en sombra
    scoring       los puntajes, por particiones
    publication   lo que ven los demás: un día entero, o el anterior
    drift         cuánto se parecen los solicitantes a los del entrenamiento
    report        la página que se mira a la mañana
    notices       a quién se le avisa cuando algo falla
    branches      hace de sucursales, para practicar

Ninguna pieza sabe de Airflow más que el nombre de una conexión: se pueden llamar de a una.
"""
