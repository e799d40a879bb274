# How a layer is put together; `sam build` calls each layer's Makefile, which includes this.
#
# Packages are installed for the platform of Lambda, not of this machine: LAYER_ARCHITECTURE is arm64 (the default) or
# x86_64, or `native` for this machine's own packages (the local stack on macOS). Bytecode is compiled here, since /opt
# is read-only in Lambda: without it every cold start compiles every module. "unchecked-hash" makes Python take it as
# it is, whatever the files' times become in the archive.

LAYER_ARCHITECTURE ?= arm64
PYTHON := python3.13
TARGET = $(ARTIFACTS_DIR)/python

machine = $(patsubst arm64,aarch64,$(LAYER_ARCHITECTURE))
platform = --platform manylinux_2_28_$(machine) --platform manylinux2014_$(machine) \
	--implementation cp --python-version 3.13 --only-binary=:all:
platform_options = $(if $(filter native,$(LAYER_ARCHITECTURE)),,$(platform))

define install_packages
	$(PYTHON) -m pip install -qq --disable-pip-version-check --no-compile --no-deps --require-hashes \
		--requirement requirements.txt --target "$(TARGET)" $(platform_options)
	rm -rf "$(TARGET)/bin"
	find "$(TARGET)" -type d \( -name tests -o -name test -o -name __pycache__ \) -prune -exec rm -rf {} +
	find "$(TARGET)" -type f \( -name '*.pyi' -o -name py.typed -o -name '*.c' -o -name '*.h' \) -delete
	find "$(TARGET)" -path '*.dist-info/*' -type f ! -name METADATA \
		! -iname '*LICEN[CS]E*' ! -iname '*COPYING*' ! -iname '*NOTICE*' -delete
	find "$(TARGET)" -type d -empty -delete
endef

define compile_bytecode
	$(PYTHON) -m compileall -q -f -j 2 --invalidation-mode unchecked-hash -s "$(TARGET)" -p /opt/python "$(TARGET)"
endef
