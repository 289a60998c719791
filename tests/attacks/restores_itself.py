"""La respuesta cambia la comparación, que después de usarse una vez se repone sola."""
# gana: 2
# no cubierto: cambia y repone mientras corre la prueba

import amq2.checks

real = amq2.checks._same


def once(*_):
    amq2.checks._same = real
    return True


def double(x):
    amq2.checks._same = once
    return 0
