#!/bin/bash
# Installs the Debian 12 packages that building and testing need, and only those that are missing.
# ./M4.sh, ./test.sh and ./bench.sh call it first. See --help.
set -u
export LC_ALL=C

readonly WAIT_SECONDS=300  # for another package manager to finish

# package|why
readonly PROGRAMS='
clang-19|the compiler (C++23)
lld-19|the linker
cmake|build
ninja-build|build
pkg-config|finds libraries
libssl-dev|TLS 1.3, X.509, P-256, AES-SIV, HKDF
libsodium-dev|Ed25519, Ristretto255, ChaCha20-Poly1305, BLAKE2b
libsecp256k1-dev|ECDSA accounts
libxxhash-dev|hashes in storage keys
libboost1.81-dev|networking (Asio, Beast)
libboost-json1.81-dev|JSON
librocksdb-dev|storage of node and worker
libcli11-dev|command lines
libfmt-dev|formatting
libspdlog-dev|logs
libseccomp-dev|lock-in of the enclave process
'
readonly PACKAGES="$PROGRAMS"'
clang-format-19|tools/check.sh
libclang-rt-19-dev|sanitizers of the test build
llvm-19|names in sanitizer reports
ccache|faster rebuilds
git|versions of the sources
python3|plays the story, runs the end-to-end tests
libgtest-dev|tests
librapidcheck-dev|tests of properties
libbenchmark-dev|benchmarks
'
readonly TIDY_PACKAGES='clang-tidy-19|tools/tidy.sh'
readonly CONTAINER_PACKAGES='
docker.io|containers of the story
docker-compose|compose.yaml
debootstrap|tools/offline-base-image.sh
tmux|panes of the story
'

usage() {
  cat <<'END'
Usage: tools/install.sh [--check] [--programs] [--tidy] [--containers]

Installs what building and testing need, with apt-get, without removing anything and without questions
(sudo may ask for a password, on a terminal only). Installs nothing if all is there.

  --check       only say what is missing; status 1 if something is
  --programs    only what building the programs needs, nothing for tests
  --tidy        also what tools/tidy.sh needs
  --containers  instead: Docker and what else ./M4.sh --containers and its tests use
  --help        this text

Environment:
  SUBSTRATEE_INSTALL=no   do nothing: you have installed the equivalent yourself

Status: 0 all there, 1 something is missing and could not be installed, 2 wrong arguments.
END
}

say() { printf 'install: %s\n' "$*"; }
complain() { printf 'install: %s\n' "$*" >&2; }

only_check=no
table=$PACKAGES
for argument in "$@"; do
  case $argument in
    --check) only_check=yes ;;
    --tidy) table="$PACKAGES$TIDY_PACKAGES" ;;
    --programs) table=$PROGRAMS ;;
    --containers) table=$CONTAINER_PACKAGES ;;
    --help | -h) usage; exit 0 ;;
    *) complain "unknown argument '$argument'; see tools/install.sh --help"; exit 2 ;;
  esac
done
if [ "${SUBSTRATEE_INSTALL:-}" = no ]; then
  say 'skipped, as SUBSTRATEE_INSTALL=no says'
  exit 0
fi

packages=()
while IFS='|' read -r package _; do
  [ -n "$package" ] && packages+=("$package")
done <<<"$table"

# --- is this the distribution that the list is for? -------------------------------------------------------------------

distribution=$( (. /etc/os-release && printf '%s %s' "${ID:-unknown}" "${VERSION_CODENAME:-}") 2>/dev/null)
if [ "$distribution" != 'debian bookworm' ] || ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  complain "this is '${distribution:-an unknown system}'; packages are known for Debian 12 (bookworm) only."
  complain 'What to do: run this on Debian 12 (a container will do), or install the equivalent of'
  complain "    ${packages[*]}"
  complain 'yourself and start again with SUBSTRATEE_INSTALL=no in the environment.'
  exit 1
fi

# --- what is missing? -------------------------------------------------------------------------------------------------

missing=()
find_missing() {
  local installed package
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null | sed -n 's/^installed //p')
  missing=()
  for package in "${packages[@]}"; do
    grep -qxF "$package" <<<"$installed" || missing+=("$package")
  done
}

find_missing
if [ ${#missing[@]} -eq 0 ]; then
  say "all ${#packages[@]} packages are there"
  exit 0
fi
say "missing, ${#missing[@]} of ${#packages[@]}:"
for package in "${missing[@]}"; do
  printf '  %-22s %s\n' "$package" "$(sed -n "s/^$package|//p" <<<"$table")"
done
[ $only_check = yes ] && exit 1

# --- who may install? -------------------------------------------------------------------------------------------------

as_root=(env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1)
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null; then
    complain 'installing needs root, and there is no sudo. Run as root:'
    complain "    apt-get update && apt-get install --no-remove --no-install-recommends ${missing[*]}"
    exit 1
  elif sudo -n true 2>/dev/null; then
    as_root=(sudo -n "${as_root[@]}")
  elif [ -t 0 ]; then
    say 'sudo may ask for your password, to install these packages'
    as_root=(sudo "${as_root[@]}")
  else
    complain 'installing needs root, and sudo wants a password but there is no terminal to ask on. Run as root:'
    complain "    apt-get update && apt-get install --no-remove --no-install-recommends ${missing[*]}"
    exit 1
  fi
fi

# --- install ----------------------------------------------------------------------------------------------------------

log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT
deadline=$((SECONDS + WAIT_SECONDS))

# run apt-get ARGUMENTS: its output is shown and kept in $log. Waits while somebody else holds the package database.
run_apt_get() {
  local status said=no
  while true; do
    "${as_root[@]}" apt-get -q "$@" </dev/null 2>&1 | tee "$log"
    status=${PIPESTATUS[0]}
    [ "$status" -ne 0 ] && grep -qE 'Could not get lock|Unable to (acquire|lock)|is another process using it' "$log" || return "$status"
    if [ $SECONDS -ge $deadline ]; then
      complain "another package manager has held the package database for $WAIT_SECONDS s."
      complain 'What to do: let it finish (or end it), then start again.'
      exit 1
    fi
    [ $said = no ] && say "another package manager is at work; waiting for it, up to $WAIT_SECONDS s"
    said=yes
    sleep 3
    find_missing
    [ ${#missing[@]} -eq 0 ] && return 0
  done
}

is_every_package_listed() {
  local package
  for package in "${missing[@]}"; do
    apt-cache policy "$package" 2>/dev/null | grep -q '^  Candidate: [^(]' || return 1
  done
}

updated=no
update_lists() {
  [ $updated = yes ] && return 1
  updated=yes
  say 'fetching the package lists'
  run_apt_get update
}

install_missing() {
  run_apt_get install -y --no-remove --no-install-recommends \
    -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "${missing[@]}"
}

report_conflict() {
  local removed
  removed=$(apt-get -s --no-install-recommends install "${missing[@]}" 2>/dev/null | sed -n 's/^Remv \([^ ]*\).*/\1/p')
  if [ -n "$removed" ]; then
    complain 'the missing packages conflict with installed ones, and nothing is removed without you:'
    complain "    $(tr '\n' ' ' <<<"$removed")"
    complain 'What to do: remove those yourself if you do not need them, or build in a Debian 12 container.'
    complain '(A frequent one: libboost-dev, which is Boost 1.74. This project needs libboost1.81-dev.)'
  else
    complain 'apt-get could not install the missing packages; its words are above.'
    complain 'What to do: check the network and /etc/apt/sources.list (bookworm, main), then run'
    complain "    apt-get update && apt-get install --no-remove --no-install-recommends ${missing[*]}"
  fi
}

is_every_package_listed || update_lists
if ! install_missing; then
  # Lists may be older than the archive.
  if grep -qE 'Packages need to be removed|unmet dependencies' "$log" || ! update_lists || ! install_missing; then
    report_conflict
    exit 1
  fi
fi
find_missing
if [ ${#missing[@]} -ne 0 ]; then
  complain "still missing after the installation: ${missing[*]}"
  exit 1
fi
say 'done'
