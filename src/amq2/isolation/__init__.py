"""Kernels para código ajeno: arrancan ya con los módulos cargados y encerrados.

nursery        el proceso que ya importó todo: cada kernel es una copia suya
nurseries      los viveros que están encendidos
room           el encierro: qué ve y qué puede gastar un kernel
namespaces     las llamadas al sistema que lo hacen, en Linux
syscalls       las llamadas al sistema que no deja hacer
memory         cuánta memoria ocupan entre todos los de adentro
provisioner    el enchufe de jupyter_client, que usa el kernelspec de kernels/
level          qué aislamiento puede dar esta máquina
"""
