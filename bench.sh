#!/bin/bash
# Measures sealed calls through chain and two workers, and writes docs/benchmarks.md. See --help.
set -u
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1

usage() {
  cat <<'END'
Usage: ./bench.sh [--calls N] [--accounts N] [--no-write]

Installs what is missing, builds (Release), plays the M4 story up to two Active workers, then sends sealed calls that
were prepared before the clock starts, and measures until both workers agree on the last one. In the same run it
measures the bound: what this machine could do if nothing but cryptography cost time. Then headers of the development
engine and genuine evidence, verified on one core. Writes docs/benchmarks.md.

  --calls N      default: 20000
  --accounts N   default: 1000
  --no-write     only print
  --help         this text
END
}

options=()
while [ $# -gt 0 ]; do
  case $1 in
    --calls | --accounts)
      [[ ${2:-} =~ ^[1-9][0-9]*$ ]] || { printf 'bench.sh: %s needs a number\n' "$1" >&2; exit 2; }
      options+=("$1" "$2")
      shift ;;
    --no-write) options+=("$1") ;;
    --help | -h) usage; exit 0 ;;
    *) printf "bench.sh: unknown argument '%s'; see ./bench.sh --help\n" "$1" >&2; exit 2 ;;
  esac
  shift
done

source tools/stages.sh
install_packages
lock_build || exit 1
build_programs
stage 'the benchmark programs' cmake --build --preset release --target substratee-bench-calls \
  substratee-bench-finality substratee-bench-attestation 8>&-
unlock_build
exec python3 tools/bench.py --programs build/release/bin "${options[@]}"
