"""A quien mira le contesta con textos enormes, HTML y paréntesis sin fin."""

text = get_ipython().display_formatter.formatters["text/plain"]
evil = "\x1b]0;MALO\x07<script>alert('MALO')</script>" + "(" * 100_000
text.for_type(str, lambda one, printer, cycle: printer.text(evil))
text.for_type(list, lambda one, printer, cycle: printer.text(evil))
