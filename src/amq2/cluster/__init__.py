"""Airflow repartido, con sus partes de verdad, en esta máquina: lo que enciende `make cluster`.

    postgres    el servidor de las bases de datos: la de Airflow y las dos del banco
    broker      Redis, la cola de la que los workers sacan sus tareas
    services    los dos, encendidos
    executor    cómo se configura Airflow para que reparta
    running     todo junto: `with running_cluster(dags) as airflow`
    sums        las cuentas: filas, particiones, workers, horas y costo

Los DAGs son los mismos que en una notebook: no cambia ni un renglón.
"""
