"""Los comandos del estudiante: doctor, check, update y submit."""
