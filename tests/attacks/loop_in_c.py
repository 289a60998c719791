"""Un bucle adentro de C, que no suelta al intérprete ni mira señales."""

sum(iter(int, 1))
