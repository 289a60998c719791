"""Define su propio check_equal en el notebook."""


def check_equal(*_):
    pass


def check(*_):
    pass
