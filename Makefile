# tare: weighs the boxes software is shipped in. `make` alone tells what there is.

NODE_PATH_FIRST := PATH="$(CURDIR)/.tools/bin:$$PATH"
TSX := $(NODE_PATH_FIRST) node --import tsx
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo -E)
# What was measured with sudo belongs to whoever asked for it.
OWN_REPORTS := $(if $(AS_ROOT),[ ! -d reports/.generated ] || $(AS_ROOT) chown -R "$$(id -u):$$(id -g)" reports/.generated;)
PACKAGES ?= install
# Those of a run with the usual image; `tare bench --image web` builds the other when it is needed.
DISKS ?= full-tiny

help:
	@echo 'make bench              set everything up, measure, and say where the report is'
	@echo 'make bench ARGS="..."   the same with options: tare bench --help tells which'
	@echo 'make test               set everything up and run the tests'
	@echo 'make setup              only set up; each step is skipped when it is done'
	@echo 'make lint               types and style'
	@echo 'make peers              install what Debian has of crun, runc, bwrap, nspawn, podman, docker'
	@echo 'make compare-peers      time our container against those, and against C alone'
	@echo 'make compare-rates      the same in starts a second, with 1, 2 and 4 starters'
	@echo 'make compare-vm         time our tuned virtual machine against the best command line by hand'
	@echo 'make boots              boot every kind of virtual machine 100 times, and count what fails'
	@echo 'make crowd              1,000 idle containers at once: what each takes, and how the last one starts'
	@echo 'make ksm                what merging of equal pages saves over idle guests; put back as it was found'
	@echo 'make scale              100,000 made-up samples: how long statistics and files take, and how much memory'
	@echo 'make fuzz SECONDS=600   random plans and random bytes to the launcher, under sanitizers'
	@echo 'tare image prune        remove what earlier versions of images, disks and snapshots left'
	@echo 'make clean              remove what was built (reports are kept)'
	@echo
	@echo 'On a bare Debian (Ubuntu is untried), as root or with sudo. What is installed: setup/packages.txt'

bench: setup
	@$(AS_ROOT) env $(NODE_PATH_FIRST) cli/tare bench $(ARGS); status=$$?; $(OWN_REPORTS) exit $$status

setup: packages npm
	@$(MAKE) --no-print-directory built DISKS='$(DISKS)'

packages:
ifneq ($(PACKAGES),skip)
	@setup/install-packages.sh base
endif
	@setup/node.sh

npm: packages
	@setup/npm-packages.sh

# What is compiled here: the launcher, the guests without an operating system, the images, the disks of vm-full. Where those cannot be built all else is measured.
built:
	@$(MAKE) --no-print-directory -s -C runtime/launcher
	@$(MAKE) --no-print-directory -s -C fixtures/guest
	@$(MAKE) --no-print-directory -s -C fixtures/spawn-floor
	@$(MAKE) --no-print-directory -s -C fixtures/container-floor
	@$(TSX) runtime/image/build-images.ts
	@$(TSX) runtime/vm/full/build.ts $(DISKS) || echo 'tare: vm-full cannot be measured until its disk is built: all else can'

test: DISKS := full-tiny full-web
test: setup
ifneq ($(PACKAGES),skip)
	@setup/install-packages.sh test
endif
	@$(MAKE) --no-print-directory lint
	@$(NODE_PATH_FIRST) setup/run-tests.sh

lint:
	@echo 'lint: types and style'
	@$(NODE_PATH_FIRST) npx --no-install tsc --noEmit
	@$(NODE_PATH_FIRST) npx --no-install eslint .

# Other people's tools, to compare with; then says which of them this host can start.
peers: setup
ifneq ($(PACKAGES),skip)
	@setup/install-packages.sh peers
endif
	@$(AS_ROOT) env $(NODE_PATH_FIRST) cli/tare doctor || : # something else may be lacking

compare-peers: setup
	@$(AS_ROOT) env $(NODE_PATH_FIRST) node --import tsx benchmarks/peers/compare.ts $(ARGS)

compare-rates: setup
	@$(AS_ROOT) env $(NODE_PATH_FIRST) node --import tsx benchmarks/peers/rates.ts $(ARGS)

compare-vm: setup
	@$(AS_ROOT) env $(NODE_PATH_FIRST) node --import tsx benchmarks/vm/compare.ts $(ARGS)

boots: setup
	@$(AS_ROOT) env $(NODE_PATH_FIRST) node --import tsx benchmarks/vm/boots.ts $(ARGS)

crowd: setup
	@$(AS_ROOT) env $(NODE_PATH_FIRST) node --import tsx benchmarks/crowd/crowd.ts $(ARGS)

ksm: setup
	@$(AS_ROOT) env $(NODE_PATH_FIRST) node --import tsx benchmarks/ksm/compare.ts $(ARGS)

scale: npm
	@$(TSX) benchmarks/statistics/scale.ts $(ARGS)

# By hand, for longer than the half minute in `make test`.
fuzz: packages
	@$(MAKE) --no-print-directory -s -C runtime/launcher/fuzz
	@nice -n 19 runtime/launcher/fuzz/.built/fuzz --seconds $(or $(SECONDS),600) $(if $(SEED),--seed $(SEED))

clean:
	@rm -rf runtime/launcher/.built runtime/launcher/fuzz/.built fixtures/.built node_modules .tools .test-summary || { echo 'next: what is left belongs to root: sudo make clean' >&2; exit 1; }

.PHONY: help bench setup packages npm built test lint peers compare-peers compare-rates compare-vm boots crowd ksm scale fuzz clean
