"""Falla con un mensaje como los del curso, con JavaScript, una fórmula y signos de terminal."""

from amq2.checks import CheckFailed


def double(x):
    raise CheckFailed("=HYPERLINK(\"http://malo\")\x1b]0;MALO\x07<script>alert('MALO')</script>")


run = lambda function, *some: function(*some)
