#!/bin/bash
# Measures the product and writes docs/benchmarks.md. See --help.
set -u
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1

usage() {
  cat <<'END'
Usage: ./bench.sh [--only SECTION]... [--calls N] [--accounts N] [--no-write]

Installs what is missing, builds (Release) and measures, section by section; in the same run each section measures its
bound: what this machine could do if nothing but cryptography cost time. Writes docs/benchmarks.md.

  calls           the M4 story up to two Active workers, then sealed calls that were prepared before the clock starts,
                  until both workers agree on the last one
  node_execution  transfers and sealed calls in blocks that a node imports: signatures, calls, state roots, disk
  node_storage    the node: state root of a block on a big state, cold start of a long chain, import of blocks
  node_rpc        JSON-RPC over one WebSocket with pipelining, for each second of the node's processor time
  state           commits of a state from 10^3 to 10^6 records, opening it, and sealed calls of as many accounts; draws
                  docs/state-cost.svg
  ipfs_import     a file of 1 GiB into a store; also with Kubo, where it can be built
  ipfs_join       a state of 1 GB from one worker's gateway into another's store and enclave: whole, a hundredth, nothing
  finality        headers of the development engine, verified on one core
  attestation     genuine evidence, verified on one core

  --only SECTION only this one (may be given again); the others keep their figures
  --calls N      default: 20000
  --accounts N   default: 1000
  --no-write     only print
  --help         this text
END
}

options=()
sections=()
while [ $# -gt 0 ]; do
  case $1 in
    --calls | --accounts)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { printf 'bench.sh: %s needs a number\n' "$1" >&2; exit 2; }
      options+=("$1" "$2")
      shift ;;
    --only)
      sections+=("$1" "${2:-}")
      shift ;;
    --no-write) options+=("$1") ;;
    --help | -h) usage; exit 0 ;;
    *) printf "bench.sh: unknown argument '%s'; see ./bench.sh --help\n" "$1" >&2; exit 2 ;;
  esac
  shift
done

source tools/stages.sh
install_packages
targets=$(python3 tools/bench.py "${sections[@]}" --targets) || exit 2
read -ra targets <<<"$targets"
lock_build || exit 1
build_programs
stage 'the benchmark programs' cmake --build --preset release --target "${targets[@]}" 8>&-
unlock_build
exec python3 tools/bench.py --programs build/release/bin "${sections[@]}" "${options[@]}"
