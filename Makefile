# advas: adversarial training from a YAML file, compiled ahead of time, on the CPU.
#
#   make demo      install what is missing, build, train Fashion-MNIST for about three minutes
#   make test      install what is missing, build, run every test
#   make check     what CI runs: lint, test, check-targets, check-plans
#   make check-targets   help, install into an empty prefix and docs, on trial
#   make check-plans     what the README claims about the memory plans of shipped specs
#   make format    format the Swift sources in place
#   make lint      say where sources break the format, the rules of .swift-format or those of scripts/check-structure
#   make parity    compare recorded rounds with PyTorch in float64 and float32
#   make metric-table   how far each metric is from its reference implementations at most
#   make architectures   count, check and compare every published network; writes their table
#   make stablehlo   run games' StableHLO by XLA, and compare with recorded rounds
#   make check-ranks   train on several ranks by Open MPI and MPICH, and compare with one
#   make check-pjrt   train by XLA through a plugin for this processor, and compare; PLUGIN=file
#   make examples  train a generator, use it from Python, and train it on: what examples/README.md shows
#   make onnx      export what shipped specs sample, and run it by onnxruntime
#   make tensorboard   read the event files of a run by TensorBoard's package
#   make bench     time whole rounds beside PyTorch and JAX, with medians and spread; QUICK=1 ISA=avx2
#   make bench-scaling bench-passes bench-account bench-flops bench-loading bench-editor     see benchmarks/README.md
#   make zoo       train the games of specs/zoo without and with AdvAs, and print a table; SEEDS=1
#   make study     go on with the study of AdvAs in studies/advas where it stopped, and bring its page up to date; UNTIL=07:30
#   make test-study   the tests of its statistics, and whether its page is what the results say
#   make emoji     pictures in colour to train on, of a font of Debian, in .build/emoji
#   make schema    validate the shipped specs against the JSON Schema, with python-jsonschema
#   make fuzz      feed damaged specs and files, and generated games, to the commands; CASES=20000 SEED=1
#   make fuzz-data   damaged files for every reader of data, under the address sanitizer; CASES=20000 SECONDS=120 READERS=PNG
#   make fuzz-editor   random edits of specs for the language server; EDITS=5000
#   make docs      API documentation of the libraries, in .build/docs
#   make install   the commands, their manual, completions and specs into PREFIX (/usr/local)
#   make install-mpi   the commands with MPI: MPI=openmpi or mpich
#   make package   tarball, package for Debian and Python wheel of this commit, in .build/packages
#   make check-packages   install each in a system without compiler, and compare what it trains
#   make test-python      the Python module's tests and the notebook, with the commands of the release build
#
# Only lint and check-plans (so check, too), metric-table, parity, architectures, stablehlo, check-ranks, check-pjrt, examples, onnx, tensorboard, bench
# and all bench-*, zoo, study, test-study, emoji, schema, fuzz, package and test-python need Python; what else they need they install for themselves.

.DEFAULT_GOAL := help
.PHONY: check-targets check-plans help dependencies build demo test check format lint parity architectures stablehlo onnx examples tensorboard zoo emoji schema fuzz fuzz-data fuzz-editor docs install
.PHONY: venv study test-study package check-packages test-python check-ranks check-pjrt install-mpi
.PHONY: bench bench-scaling bench-passes bench-account bench-flops bench-loading bench-editor

PREFIX ?= /usr/local
DESTDIR ?=
CASES ?= 20000
SEED ?= 1
SEEDS ?= 1
ONLY ?=
QUICK ?=
BIN := .build/release
SOURCES := Sources Tests Package.swift

help:
	@sed -n "/^#/!q; s/^# \{0,1\}//p" Makefile

dependencies:
	@scripts/install-dependencies

# What environments of Python are made with; behind `dependencies`, since apt-get runs once at a time.
venv: dependencies
	@scripts/install-dependencies python3-venv

# The schema is what editors without a language server complete the shipped specs by.
build: dependencies
	swift build -c release
	@$(BIN)/advas-run schema >spec.schema.json

demo: build
	$(BIN)/advas-run specs/fashion-mnist/demo.yaml $(if $(FASHION_MNIST),--set 'data.x.path="$(FASHION_MNIST)"')

test: dependencies
	swift build -c release --build-tests
	swift test -c release --skip-build

check: lint test build
	@scripts/check-targets
	@scripts/check-plans

# Tries the targets that are quick: help, install into an empty prefix, docs.
check-targets: build
	@scripts/check-targets

check-plans: build
	@scripts/check-plans

metric-table: dependencies
	swift build -c release --build-tests
	@rm -f .build/metric-table
	METRIC_TABLE="$(CURDIR)/.build/metric-table" swift test -c release --skip-build --filter '^MetricsTests'
	@scripts/metric-table .build/metric-table

format:
	swift format --in-place --parallel --recursive $(SOURCES)

lint:
	@scripts/install-dependencies pyflakes3
	swift format lint --strict --parallel --recursive $(SOURCES)
	@scripts/check-structure
	pyflakes3 Tests benchmarks scripts packaging python studies

# ONLY="ring split" narrows parity to rows with one of these words; without it every small transposed convolution and
# Adam's steps behind spectral norm are compared, too.
parity: build venv
	python=$$(scripts/python-environment) && \
	"$$python" -m unittest discover -s Tests/Parity && \
	"$$python" Tests/Parity/run.py $(ONLY) $(if $(ONLY),,&& \
	"$$python" Tests/Parity/conv_transpose.py && "$$python" Tests/Parity/spectral_steps.py)

# ONLY="sngan28 dcgan64" prints some lines and leaves the page alone.
architectures: build venv
	python=$$(scripts/python-environment) && "$$python" Tests/Parity/architectures.py $(ONLY)

# ONLY="ring dcgan28" narrows these to some games, or sweeps of bench-scaling; QUICK=1 shortens the
# first two; ISA=avx2 limits all programs of the first to that instruction set.
ISA ?=
QUICKLY := $(if $(QUICK),--quick)

# ONLY="ring dcgan" narrows it to some games.
stablehlo: build venv
	python=$$(scripts/python-environment --jax) && "$$python" Tests/Parity/stablehlo.py $(ONLY)

# Builds of their own, one with each MPI, since neither runs programs of the other.
PACKAGES_openmpi := libopenmpi-dev openmpi-bin
PACKAGES_mpich := libmpich-dev mpich
PKG_CONFIG_openmpi := ompi-c
PKG_CONFIG_mpich := mpich
.build-openmpi/release/advas-run .build-mpich/release/advas-run: .build-%/release/advas-run: FORCE
	@scripts/install-dependencies $(PACKAGES_$*)
	ADVAS_MPI=$(PKG_CONFIG_$*) swift build -c release --traits default,MPI --scratch-path .build-$*
FORCE:

check-ranks: .build-openmpi/release/advas-run .build-mpich/release/advas-run
	@scripts/install-dependencies iproute2 qemu-user
	Tests/Ranks/run.py $^

# The plugin is OpenXLA's own for processors, of a wheel of PyPI; advas itself needs none.
PLUGIN ?= .build/pjrt/xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so
.build/pjrt/xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so: | dependencies
	@scripts/install-dependencies python3-pip
	python3 -m pip install --quiet --no-deps --target .build/pjrt xla-cpu-pjrt==0.0.1

check-pjrt: build $(PLUGIN)
	python3 scripts/check-pjrt .build/release/advas-run $(PLUGIN)

# ONLY="ring dcgan" narrows it to some specs.
onnx: build venv
	python=$$(scripts/python-environment --onnx) && "$$python" Tests/Parity/onnx_models.py $(ONLY)

examples: build venv
	python=$$(scripts/python-environment --onnx) && scripts/run-examples "$$python"

# Event files for TensorBoard, read by its own package.
tensorboard: build venv
	python=$$(scripts/python-environment --tensorboard) && \
	"$$python" Tests/Parity/event_files.py .build/release/advas-run

bench: build venv
	python=$$(scripts/python-environment --jax) && \
	"$$python" -m unittest discover -q -s benchmarks && \
	"$$python" benchmarks/compare.py $(QUICKLY) $(if $(ISA),--isa $(ISA)) $(ONLY)

bench-scaling: build venv
	python=$$(scripts/python-environment) && "$$python" benchmarks/scaling.py $(QUICKLY) $(ONLY)

bench-passes: build venv
	python=$$(scripts/python-environment) && "$$python" benchmarks/passes.py $(ONLY)

bench-account: build venv
	python=$$(scripts/python-environment) && "$$python" benchmarks/account.py $(ONLY)

# How soon the language server answers about the shipped specs.
bench-editor: build
	IMAGES=images python3 benchmarks/editor.py --binary $(BIN)/advas-run

bench-flops: build venv
	python=$$(scripts/python-environment --jax) && "$$python" benchmarks/flops.py $(ONLY)

# FOLDER has pictures of one size, in a folder for each class; SHAPE is theirs.
SHAPE ?= 3 32 32
bench-loading: build venv
	@[ -n "$(FOLDER)" ] || { echo 'say where pictures are: make bench-loading FOLDER=cifar/test' >&2; exit 2; }
	python=$$(scripts/python-environment --pictures) && \
	"$$python" -m unittest discover -q -s benchmarks -p test_loading.py && \
	"$$python" benchmarks/loading.py "$(FOLDER)" --shape $(SHAPE) $(QUICKLY)

zoo: build
	python3 scripts/zoo --seeds $(SEEDS)

# Two runs at a time at nice 19; interrupt it as you like. CIFAR10=FOLDER lets it come to the photographs, too.
UNTIL ?=
study: build venv
	python=$$(scripts/python-environment) && \
	{ "$$python" studies/advas/drive.py $(if $(UNTIL),--until $(UNTIL)); code=$$?; \
	"$$python" studies/advas/analyse.py && exit $$code; }

test-study: venv
	python=$$(scripts/python-environment) && "$$python" -m unittest discover -q -s studies/advas && \
	"$$python" studies/advas/analyse.py --check

emoji:
	@scripts/install-dependencies fonts-noto-color-emoji
	@python3 scripts/prepare-emoji .build/emoji

schema: build venv
	python=$$(scripts/schema-python) && "$$python" scripts/check-schema

fuzz: build
	python3 scripts/fuzz --cases $(CASES) --seed $(SEED)
	python3 scripts/fuzz --kind games --cases $(CASES) --seed $(SEED)

# The libraries that decode are C: the sanitizer sees their allocations and what they copy in our memory. One program of
# the readers alone, in a folder of its own, since it is compiled anew; READERS="PNG WebP" narrows it. Nobody gets more than
# 256 MiB at once: libraries say that they have no room, and our own code would crash.
READERS ?=
SECONDS ?= 120
fuzz-data: dependencies
	swift build -c release --product data-fuzz --sanitize=address --scratch-path .build-asan
	ASAN_OPTIONS=detect_leaks=0:max_allocation_size_mb=256:allocator_may_return_null=1 .build-asan/release/data-fuzz Tests/DataTests/Files \
		$(CASES) $(SECONDS) $(READERS)

# EDITS random ones, while every answer is compared with what the checker says of the text as it then is.
EDITS ?= 5000
fuzz-editor: dependencies
	swift build -c release --build-tests
	ADVAS_EDITS=$(EDITS) swift test -c release --skip-build --filter LanguageServerFuzzTests

docs: build
	scripts/make-docs .build/docs

install: build
	scripts/install-commands $(BIN) "$(DESTDIR)$(PREFIX)"

# MPI=mpich for that one.
MPI ?= openmpi
install-mpi: .build-$(MPI)/release/advas-run
	scripts/install-commands .build-$(MPI)/release "$(DESTDIR)$(PREFIX)" .build-$(MPI)

package: dependencies
	packaging/package .build/packages

check-packages:
	packaging/check .build/packages

test-python: build venv
	python=$$(scripts/python-environment --notebook) && \
	PYTHONPATH="$(CURDIR)/python" ADVAS_BIN="$(CURDIR)/$(BIN)" "$$python" -m unittest discover -s python/tests
