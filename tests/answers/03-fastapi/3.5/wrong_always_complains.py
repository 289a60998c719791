# pierde: 4
# mensaje: check_quotes terminó con AssertionError
def check_quotes(url):
    raise AssertionError("seguro que tiene alguna falla")
