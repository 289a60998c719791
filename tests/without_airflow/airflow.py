"""Ocupa el lugar de Airflow mientras se ejecutan las unidades que no lo usan."""

raise ImportError("las unidades 00 a 04 no importan Airflow")
