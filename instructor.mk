# Los comandos de los docentes. `make bundle` no lleva este archivo a los estudiantes.
.PHONY: test stress cluster bench lock release outputs solutions site bundle collect grade feedback grades report formgrader

DEV_READY := $(VENV)/listo-docente
RUN := $(BIN)/python -m amq2.instructor
UV_COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header

$(DEV_READY): $(STUDENT_READY) requirements-dev.txt
	@echo "[+] Instalo lo que piden las pruebas y la corrección"
	@$(UV_INSTALL) -r requirements-dev.txt
	@touch $@

test: $(DEV_READY) ## Prueba todo el curso y termina con una tabla
	@$(BIN)/python tests/prove.py

stress: $(DEV_READY) ## Carga, fallas y ataques en grande: la API, la noche del banco y la corrección (más de una hora)
	@$(BIN)/python -m tests.stress

cluster: $(DEV_READY) ## Pone en marcha Airflow repartido, con dos workers: make cluster [AIRFLOW_PORT=8081]
	@echo "Preparo PostgreSQL, Redis y Airflow con sus workers: menos de un minuto. Ctrl-C los apaga."
	@$(BIN)/python -u -m amq2.cluster

BENCH_READY := $(VENV)/listo-mediciones
$(BENCH_READY): $(DEV_READY) benchmarks/requirements.txt
	@echo "[+] Instalo lo que piden las mediciones"
	@$(UV_INSTALL) -r benchmarks/requirements.txt
	@touch $@

bench: $(BENCH_READY) ## Mide, y lo deja en benchmarks/README.md: make bench [ONLY=grading|serving|batch|cluster|tests] [PEERS=1]
	@PEERS="$(PEERS)" $(BIN)/python -m benchmarks "$(ONLY)"

lock: $(DEV_READY) ## Renueva los candados requirements*.txt
	@$(UV_COMPILE) --upgrade pyproject.toml -o requirements.txt
	@$(UV_COMPILE) --upgrade --group dev -c requirements.txt -o requirements-dev.txt
	@$(UV_COMPILE) --upgrade --group ci -c requirements.txt -o requirements-ci.txt
	@$(UV_COMPILE) --upgrade --group bench -c requirements.txt -o benchmarks/requirements.txt
	@$(UV_COMPILE) --upgrade --group peers -o benchmarks/peers.txt
	@$(BIN)/python -m amq2.instructor.lock

release: $(DEV_READY) ## Genera notebooks/ desde los másters: make release [UNIT=02-http]
	@$(RUN).release $(UNIT)

outputs: $(DEV_READY) ## Ejecuta un máster y guarda sus salidas: make outputs UNIT=02-http
	@$(RUN).outputs $(UNIT)

solutions: $(DEV_READY) ## Escribe en build/ una unidad resuelta, para repartir: make solutions UNIT=02-http
	@$(RUN).solutions $(UNIT)

site: $(DEV_READY) ## Arma en build/site las unidades como páginas, sin respuestas, para leer sin conexión
	@$(RUN).site

bundle: $(DEV_READY) ## Arma el árbol de los estudiantes en build/
	@$(RUN).bundle

collect: $(DEV_READY) ## Pone en submitted/ lo que bajaste del campus: make collect FROM=entregas.zip [UNIT= DUE=]
	@$(RUN).collect "$(FROM)" "$(UNIT)" "$(DUE)"

grade: $(DEV_READY) ## Corrige submitted/ en gradebook.db: make grade [UNIT=02-http]
	@$(RUN).grade $(UNIT)

feedback: $(DEV_READY) ## Escribe en feedback/ la devolución de cada estudiante: make feedback [UNIT=…]
	@$(RUN).feedback $(UNIT)

grades: $(DEV_READY) ## Exporta las notas a grades.csv y, para el campus, a campus/ [UNIT= WORKSHEET=hoja.csv]
	@$(RUN).grades "$(UNIT)" "$(WORKSHEET)"

report: $(DEV_READY) ## Escribe report.html: la clase en una página, para el docente
	@$(RUN).report

formgrader: $(DEV_READY) ## Abre el formgrader de nbgrader, para lo que se corrige a mano
	@$(MAKE) lab LAB_ARGS="--LabApp.default_url=/formgrader $(LAB_ARGS)"
