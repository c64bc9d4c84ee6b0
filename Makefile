# One command each, from a fresh clone: every target first makes .venv from the hashed lock, once.
# Needs GNU make and Python 3.11; the network only for that first time.

.DEFAULT_GOAL := help
.PHONY: help demo test ui bench lint clean-venv
.DELETE_ON_ERROR:

# The package versions in use are those of .venv and of this tree, whatever the caller's shell has set.
unexport PYTHONPATH PYTHONHOME
# Without byte-code every start of Dagster costs a second more.
unexport PYTHONDONTWRITEBYTECODE
export DAGSTER_DISABLE_TELEMETRY := yes
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export VIRTUAL_ENV := $(CURDIR)/.venv
export PATH := $(VIRTUAL_ENV)/bin:$(PATH)

VENV_PYTHON := .venv/bin/python
VENV_PIP := $(VENV_PYTHON) -m pip --no-input --quiet

help:
	@echo 'make demo        buat data contoh, jalankan seluruh proses, tampilkan ringkasannya'
	@echo 'make ui          buka antarmuka Dagster di http://127.0.0.1:3000'
	@echo 'make test        jalankan semua uji'
	@echo 'make lint        periksa format, gaya, tipe, arah impor dan definisi Dagster'
	@echo 'make bench       ukur kecepatan dan mutu pemadanan'
	@echo 'make clean-venv  hapus .venv (dibuat lagi oleh perintah berikutnya)'

demo: .venv/.stamp
	@.venv/bin/padan demo
	@echo 'Perintah padan ada di .venv/bin: ketik .venv/bin/padan, atau sekali di awal: export PATH="$$PWD/.venv/bin:$$PATH"'

ui: .venv/.stamp
	@.venv/bin/padan ui

# The command's tests start whole runs, which leave a core idle: the others run beside them, two halves of equal work.
WITH_E2E := tests/unit/benchmarks tests/unit/command tests/unit/realisation tests/unit/reports tests/unit/synthetic tests/unit/warehouse
test: .venv/.stamp
	@$(VENV_PYTHON) -m pytest tests/e2e $(WITH_E2E) >.venv/e2e.log 2>&1 & e2e=$$!; \
	$(VENV_PYTHON) -m pytest tests/unit $(WITH_E2E:%=--ignore=%); unit=$$?; \
	wait $$e2e; e2e=$$?; cat .venv/e2e.log; \
	[ $$unit -eq 0 ] && [ $$e2e -eq 0 ]

bench: .venv/.bench
	@$(VENV_PYTHON) -m tests.benchmarks $(ARGS)

lint: .venv/.stamp
	ruff format --check .
	ruff check .
	mypy
	lint-imports --no-logo
	@mkdir -p .venv/home && cp pipeline/dagster.yaml .venv/home/
	DAGSTER_HOME="$$VIRTUAL_ENV/home" dg check defs

clean-venv:
	rm -rf .venv

# A virtual environment does not survive being moved or copied: its commands would run the old place's code.
ifneq ($(wildcard .venv/.stamp),)
ifneq ($(shell cat .venv/.stamp),$(CURDIR))
.PHONY: .venv/.dependencies
endif
endif

.venv/.dependencies: requirements.lock
	@python=; \
	for candidate in python3.11 python3 python; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' >/dev/null 2>&1; then \
	        python=$$candidate; break; \
	    fi; \
	done; \
	if [ -z "$$python" ]; then \
	    echo 'Python 3.11 tidak ditemukan. Pasang Python 3.11 (perintah python3.11 atau python3), lalu ulangi.' >&2; \
	    exit 1; \
	fi; \
	echo "Menyiapkan .venv dengan $$("$$python" --version) ..."; \
	if ! "$$python" -m venv --clear .venv; then \
	    echo 'Modul venv tidak lengkap. Di Debian/Ubuntu: apt install python3.11-venv, lalu ulangi.' >&2; \
	    exit 1; \
	fi
	@echo 'Memasang pustaka dari requirements.lock (sekali saja, sekitar satu menit) ...'
	@$(VENV_PIP) install --no-compile --no-deps --only-binary :all: --require-hashes -r requirements.lock
	@$(VENV_PYTHON) -m compileall -q -j 0 .venv/lib
	@touch $@

# The peer to be measured against; nothing but the benchmarks imports it.
.venv/.bench: .venv/.stamp requirements-bench.lock
	@$(VENV_PIP) install --no-compile --no-deps --only-binary :all: --require-hashes -r requirements-bench.lock
	@touch $@

.venv/.stamp: .venv/.dependencies pyproject.toml
	@$(VENV_PIP) install --no-deps --no-build-isolation --no-index -e .
	@$(VENV_PYTHON) -m compileall -q pipeline assets schemas reports
	@pwd -P > $@
	@echo 'Lingkungan .venv siap.'
