"""Airflow en esta máquina: de verdad, con su scheduler y su pantalla, o adentro de este proceso."""
