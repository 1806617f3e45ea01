#!/bin/bash
# Installs what is missing, builds, plays the M4 story with local processes. See --help.
set -u
started_in=$PWD
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1

usage() {
  cat <<'END'
Usage: ./M4.sh [--output DIR] [--keep] [--quiet] [--no-build]

Installs the Debian packages that are missing, builds the four programs (build/release/bin), and plays the M4 story
with local processes: a chain; worker 1 founds the shard; an encrypted call; worker 2 joins, both enclaves attest each
other, keys and encrypted state move; a second call, confirmed by both; a signed query, answered with 84.
Status 0 if all of it holds; otherwise one sentence says what does not, and which log to read.

  --output DIR   node.log, worker1.log, worker2.log, client_*.log and summary.json (default: output)
  --keep         keep the data directories of node and workers, and say where
  --quiet        only the summary on the terminal
  --no-build     neither install nor build: the programs are there
  --help         this text

The enclaves are SIMULATED - NOT SECURE: see docs/threat-model.md.
Environment:
  SUBSTRATEE_INSTALL=no   install nothing
END
}

output=$PWD/output
build=yes
story=()
while [ $# -gt 0 ]; do
  case $1 in
    --output)
      [ $# -ge 2 ] || { printf 'M4.sh: --output needs a directory\n' >&2; exit 2; }
      case $2 in /*) output=$2 ;; *) output=$started_in/$2 ;; esac
      shift ;;
    --keep | --quiet) story+=("$1") ;;
    --no-build) build=no ;;
    --help | -h) usage; exit 0 ;;
    *) printf "M4.sh: unknown argument '%s'; see ./M4.sh --help\n" "$1" >&2; exit 2 ;;
  esac
  shift
done

source tools/stages.sh
if [ $build = yes ]; then
  install_packages
  lock_build || exit 1
  build_programs
  unlock_build
fi
exec python3 tools/m4_story.py --programs build/release/bin --output "$output" "${story[@]}"
