#!/bin/bash
# Installs what is missing, builds, plays the M4 story with local processes. See --help.
set -u
started_in=$PWD
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1

usage() {
  cat <<'END'
Usage: ./M4.sh [--containers [--image source|prebuilt] [--engine docker|podman]] [--tmux] [--pace original]
               [--ipfs embedded|kubo=URL] [--output DIR] [--keep] [--quiet] [--no-build]

Installs the Debian packages that are missing, builds the four programs (build/release/bin), and plays the M4 story
with local processes: a chain; worker 1 founds the shard; an encrypted call; worker 2 joins, both enclaves attest each
other, keys and encrypted state move; a second call, confirmed by both; a signed query, answered with 84.
Status 0 if all of it holds; otherwise one sentence says what does not, and which log to read.

  --containers      the same in four containers on the network substratee-net: node, client, worker 1, worker 2. Builds
                    the image substratee first. In a terminal, shown in four panes. Needs Docker or (rootful) podman
  --image source    builds the image from source, in a container; needs nothing else here, takes minutes (default)
  --image prebuilt  builds the programs here, as without --containers, and packs those: Debian 12 only
  --engine NAME     docker or podman; without it Docker if it answers, else podman
  --project NAME    containers are named NAME-node, …; for a second story at the same time (default: substratee)
  --tag NAME        the image's name (default: substratee)
  --tmux            the local story in four panes too (needs tmux and a terminal; else it just runs)
  --no-tmux         containers without panes
  --pace original   the delays of the original demo: worker 1 after 3 s, the client after 30 s, worker 2 after 60 s, the
                    second call and the query 30 s after what precedes them. (Default: no delays)
  --ipfs HOW        where the workers keep the encrypted state: embedded (each in its own store; default), or
                    kubo=http://127.0.0.1:5001 (both in that Kubo daemon)
  --output DIR      node.log, worker1.log, worker2.log, client_*.log, image.log and summary.json (default: output)
  --keep            keep the data directories (containers: the volumes) of node and workers, and say where
  --quiet           only the summary on the terminal
  --no-build        neither install nor build: the programs (containers: the image) are there
  --help            this text

The enclaves are SIMULATED - NOT SECURE: see docs/threat-model.md. For hardware: intel_cert/README.md.
Environment:
  SUBSTRATEE_INSTALL=no   install nothing
END
}

# value_of OPTION VALUE... : VALUE, which must be there.
value_of() {
  [ $# -ge 2 ] && [ -n "$2" ] && { printf '%s' "$2"; return; }
  printf 'M4.sh: %s needs a value; see ./M4.sh --help\n' "$1" >&2
  return 1
}

output=$PWD/output
build=yes
containers=no
image=source
panes=
story=()
while [ $# -gt 0 ]; do
  case $1 in
    --output)
      directory=$(value_of "$@") || exit 2
      case $directory in /*) output=$directory ;; *) output=$started_in/$directory ;; esac
      shift ;;
    --image) image=$(value_of "$@") || exit 2; shift ;;
    --engine | --project | --tag | --pace | --ipfs) value_of "$@" >/dev/null || exit 2; story+=("$1" "$2"); shift ;;
    --containers) containers=yes ;;
    --tmux) panes=yes ;;
    --no-tmux) panes=no ;;
    --keep | --quiet) story+=("$1") ;;
    --no-build) build=no ;;
    --help | -h) usage; exit 0 ;;
    *) printf "M4.sh: unknown argument '%s'; see ./M4.sh --help\n" "$1" >&2; exit 2 ;;
  esac
  shift
done
case $image in
  source | prebuilt) ;;
  *) printf "M4.sh: --image is source or prebuilt, not '%s'\n" "$image" >&2; exit 2 ;;
esac

source tools/stages.sh
# Only the programs are built here: not for an image from source, which builds them itself.
if [ $build = yes ] && { [ $containers = no ] || [ "$image" = prebuilt ]; }; then
  install_packages
  lock_build || exit 1
  build_programs
  unlock_build
fi
if [ $containers = yes ]; then
  [ $build = yes ] || image=existing
  story+=(--containers --image "$image")
  [ -n "$panes" ] || { [ -t 0 ] && [ -t 1 ] && panes=yes; }
else
  printf 'With local processes; ./M4.sh --containers plays it in four containers.\n'
fi
[ "$panes" = yes ] && story+=(--tmux)
exec python3 tools/m4_story.py --programs build/release/bin --output "$output" "${story[@]}"
