# Aprendizaje de máquina II: los comandos del curso. `make` solo los lista.
.DEFAULT_GOAL := help
.PHONY: help env lab api app airflow doctor check update submit

VENV := .venv
BIN := $(VENV)/bin
STUDENT_READY := $(VENV)/listo-estudiante
UV_INSTALL := $(BIN)/uv pip install --python $(BIN)/python --require-hashes --compile-bytecode

# Lo que se instala se compila una sola vez, también donde alguien apagó el bytecode.
unexport PYTHONDONTWRITEBYTECODE
export PATH := $(CURDIR)/$(BIN):$(PATH)
unexport PYTHONPATH
unexport PYTHONHOME
unexport VIRTUAL_ENV

# Un Python que sirva: el que pidas con PYTHON=…, o el primero que aparezca.
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14 python; do \
	$$p -c '$(SUPPORTED)' >/dev/null 2>&1 && { echo $$p; break; }; done)

# Un entorno guarda rutas absolutas: si la carpeta se movió, se arma de nuevo.
ifneq ($(shell cat $(VENV)/carpeta 2>/dev/null),$(CURDIR))
.PHONY: $(BIN)/uv
endif

help: ## Muestra esta lista
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(STUDENT_READY) ## Arma el entorno del curso en .venv (la segunda vez ya está)
	@echo "El entorno está listo en $(VENV)."

lab: $(STUDENT_READY) ## Abre JupyterLab en la página de inicio del curso
	@JUPYTER_CONFIG_PATH="$(CURDIR)/src/amq2/lab" $(BIN)/jupyter lab $(LAB_ARGS)

api: $(STUDENT_READY) ## Pone en marcha la API del curso: make api [API_PORT=8001 DATABASE_URL=… API_KEY=…]
	@echo "Preparo la API: unos segundos. $(if $(DATABASE_URL),,Los solicitantes quedan en applicants.db. )Ctrl-C la apaga."
	@$(BIN)/python -u -m amq2.api

app: $(STUDENT_READY) ## Pone en marcha la aplicación web: make app [APP_PORT=7861 API_URL=… API_KEY=…]
	@echo "Preparo la aplicación: unos segundos. Ctrl-C la apaga."
	@$(BIN)/python -u -m amq2.app

airflow: $(STUDENT_READY) ## Pone en marcha Airflow con los DAGs del curso: make airflow [AIRFLOW_PORT=8081]
	@echo "Preparo Airflow: unos 20 segundos. Ctrl-C lo apaga. La historia queda en .airflow/"
	@$(BIN)/python -u -m amq2.orchestrator

doctor: ## Revisa tu máquina; cada falla trae su reparación
	$(if $(filter Windows_NT,$(OS)),$(error El curso corre en WSL2: en PowerShell, wsl --install; reiniciá, abrí Ubuntu y repetí el comando adentro))
	@for python in $(BIN)/python $(PYTHON) python3 python; do \
		"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null && \
		exec "$$python" src/amq2/student/doctor.py; \
	done; echo "Hace falta Python 3.11 a 3.14: instalalo y repetí make doctor." >&2; exit 1

check: $(STUDENT_READY) ## Revisa un notebook y dice los puntos hasta ahora: make check UNIT=02-http
	@$(BIN)/python -m amq2.student.check "$(UNIT)"

submit: $(STUDENT_READY) ## Arma el zip que se entrega: make submit UNIT=02-http STUDENT=ana.perez
	@$(BIN)/python -m amq2.student.submit "$(UNIT)" "$(STUDENT)"

update: $(STUDENT_READY) ## Pasa esta copia a otra versión y conserva tu trabajo: make update FROM=curso.tar.gz
	@$(BIN)/python -m amq2.student.update "$(FROM)"

$(BIN)/uv:
	@[ "$$(uname -s)" = Linux ] || [ "$$(uname -s)" = Darwin ] || \
		{ echo "El curso corre en Linux, macOS o WSL2: en Windows abrí una terminal de WSL2 y repetí el comando." >&2; exit 1; }
	@[ -n "$(PYTHON)" ] && $(PYTHON) -c '$(SUPPORTED)' 2>/dev/null || \
		{ echo "Hace falta Python 3.11 a 3.14: instalalo, o decí cuál usar con 'make $(MAKECMDGOALS) PYTHON=/ruta/a/python3'." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "A $(PYTHON) le falta venv: en Debian o Ubuntu se instala con 'sudo apt install python3-venv'." >&2; exit 1; }
	@echo "[1/4] Creo el entorno en $(VENV) con $$($(PYTHON) --version)"
	@$(PYTHON) -m venv --clear $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > $(VENV)/uv.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.txt || \
		{ echo "No se pudo bajar uv: revisá la conexión a internet y repetí el comando." >&2; rm -f $@; exit 1; }
	@echo "$(CURDIR)" > $(VENV)/carpeta

$(STUDENT_READY): $(BIN)/uv requirements.txt pyproject.toml
	@echo "[2/4] Instalo los paquetes del curso (1 a 5 minutos, según la conexión)"
	@$(UV_INSTALL) -r requirements.txt || \
		{ echo "No se pudo instalar todo: revisá la conexión y repetí el comando, que sigue donde quedó." >&2; exit 1; }
	@echo "[3/4] Instalo amq2, los módulos del curso"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@echo "[4/4] Preparo la base de datos de Airflow"
	@$(BIN)/python -m amq2.orchestrator.home >/dev/null 2>&1 || \
		echo "No se pudo. Recién hace falta en la unidad 05, que prueba otra vez y dice por qué."
	@touch $@

# En el árbol de los docentes, además: make test, make release, make grade…
-include instructor.mk
