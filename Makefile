# `make demo`, `make test`, `make test-integrations` and `make bench` each create .venv, install what they need, and run; after that they only run.
PYTHON ?= python3
BIN := .venv/bin
SOURCES := pyproject.toml CMakeLists.txt $(shell find csrc pywarmup -name '*.[ch]pp' -o -name '*.py' -o -name '*.pyi')
FRAMEWORKS := jax mlx xgboost# modules whose docstrings need more than torch; Keras' need a backend too
export PATH := $(abspath $(BIN)):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: demo test lint test-core test-python test-integrations test-bits bench pages record format clean

demo: .venv/stamp-demo
	$(BIN)/python examples/train_digits.py

test: lint test-core test-python

# Quick parts first.
lint: .venv/stamp-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	cd tests && $(abspath $(BIN))/stubtest pywarmup._core --allowlist stubtest-allowlist.txt

test-core: .venv/stamp-test
	cmake --preset development -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja > build/configure.log || (cat build/configure.log; false)
	cmake --build --preset development
	ctest --preset development

test-python: .venv/stamp-test
	$(BIN)/pytest --pyargs pywarmup --doctest-modules --ignore-glob='*/pywarmup/keras/*' $(FRAMEWORKS:%=--ignore-glob='*/pywarmup/%.py') -q
	$(BIN)/pytest -q --ignore=tests/integrations

# Real frameworks, on the CPU: the trainers of torch, boosting libraries and others.
test-integrations: .venv/stamp-integrations
	$(BIN)/pytest --pyargs $(FRAMEWORKS:%=pywarmup.%) --doctest-modules -o filterwarnings=default -q
	$(BIN)/pytest tests/integrations -q

# Every compiler at hand gives the bits of tests/golden.json; `scripts/bits.py --all` also demands clang and aarch64.
test-bits: .venv/stamp-test
	$(BIN)/python scripts/bits.py

# A peer that fails does not keep the others from the report.
bench: .venv/stamp-bench
	$(BIN)/python -m pip wheel -q --no-deps -w build/benches/wheel .
	$(BIN)/pytest benches -q --benchmark-columns=min,median,rounds --benchmark-sort=min \
	  --benchmark-json=build/benches/pytest-benchmark.json; status=$$?; \
	  $(BIN)/python benches/report.py && exit $$status

# The pictures and pages in docs/ that are made by commands; benchmarks.md is made by `make bench`.
pages: .venv/stamp-test
	$(BIN)/python scripts/pictures.py
	$(BIN)/python scripts/range_test_suggestions.py --picture
	$(BIN)/python scripts/record_terminal.py
	$(BIN)/python scripts/conformance.py table

# The installed libraries at the recorded arguments and steps, anew; see what changed with git.
record: .venv/stamp-integrations
	$(BIN)/python scripts/conformance.py record

format: .venv/stamp-test
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:
	rm -rf .venv build

.venv/pip:
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q --upgrade "pip>=25.1"
	mkdir -p build
	touch $@

.venv/stamp-package: .venv/pip $(SOURCES)
	$(BIN)/python -m pip install -q .
	touch $@

.venv/stamp-demo: .venv/stamp-package
	$(BIN)/python -m pip install -q --group examples
	touch $@

.venv/stamp-test: .venv/stamp-package
	$(BIN)/python -m pip install -q --group test --group examples
	touch $@

.venv/stamp-integrations: .venv/stamp-test
	$(BIN)/python -m pip install -q --group integrations
	$(BIN)/python -m pip install -q --no-deps "timm>=1"  # of which the schedulers alone are used; the rest needs torchvision
	touch $@

.venv/stamp-bench: .venv/stamp-package
	$(BIN)/python -m pip install -q --group bench
	touch $@
