# Every target works in a fresh clone; what is missing on the machine is installed first.
.PHONY: build quickstart test test-microvm test-kvm lint check bench docs openapi fuzz setup clean

build: setup
	cargo build --release --locked -p wrenn-cli
	scripts/typescript.sh

quickstart:
	./quickstart.sh

test:
	./test.sh

# Every test that drives a server, with virtual machines for capsules. Without KVM this takes long.
test-microvm: setup
	scripts/test-microvm.sh

# Virtual machines under KVM, wherever this is run: inside a machine that is played in software.
test-kvm: setup
	scripts/test-kvm.sh

lint: setup
	scripts/lint.sh

check: lint test

# Measures; RUNTIME=microvm measures virtual machines.
bench: setup
	WRENN_BENCH_RUNTIME=$(RUNTIME) scripts/bench.sh

# Writes the reference pages of both SDKs: target/doc/wrenn, sdk/typescript/docs/reference.
docs: setup
	cargo doc --no-deps --locked -p wrenn
	scripts/typescript.sh
	npm run --silent --prefix sdk/typescript docs

# Writes the OpenAPI document anew after a change to the API, and the TypeScript types that are made from it.
openapi: setup
	scripts/openapi.sh

# Has libFuzzer search for input that breaks the agent's decoders (seconds for each target: FUZZ_SECONDS=60).
fuzz: setup
	scripts/fuzz.sh

setup:
	@scripts/setup.sh

clean:
	rm -rf target sdk/typescript/dist sdk/typescript/node_modules
