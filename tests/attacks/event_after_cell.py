"""Un manejador de post_run_cell borra el error de cada celda."""
# señal: los eventos de IPython


def forget(result):
    result.error_in_exec = None
    result.error_before_exec = None


get_ipython().events.register("post_run_cell", forget)
