"""`make site`: las unidades como las recibe el estudiante, en páginas que se leen sin conexión."""
