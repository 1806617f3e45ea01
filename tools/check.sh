#!/bin/bash
# Checks of the sources: the same here and in ctest. See --help.
set -u
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." || exit 1

usage() {
  cat <<'END'
Usage: tools/check.sh [-f] [CHECK...]

Checks (all without an argument):
  format    every source is as clang-format-19 writes it; only files that differ are named
  layers    the dependency law, include by include
  headers   every header compiles on its own
  symbols   profile T calls nothing that reaches out of the enclave (needs the Release build)
  todo      no TODO without an issue number
  links     documents link to what exists
  attacks   the list of attacks in docs/threat-model.md and the tests are the same

  -f        repair what can be repaired: the format
  --help    this text

Status 1 if a check fails.
END
}

repair=no
checks=()
for argument in "$@"; do
  case $argument in
    -f) repair=yes ;;
    --help | -h) usage; exit 0 ;;
    format | layers | headers | symbols | todo | links | attacks) checks+=("$argument") ;;
    *) printf "check.sh: unknown argument '%s'; see tools/check.sh --help\n" "$argument" >&2; exit 2 ;;
  esac
done
[ ${#checks[@]} -eq 0 ] && checks=(format layers todo links attacks symbols headers)

our_files() { git ls-files -z --cached --others --exclude-standard -- "$@" | while IFS= read -r -d '' f; do [ -f "$f" ] && printf '%s\0' "$f"; done; }

check_format() {
  if [ $repair = yes ]; then
    our_files '*.hpp' '*.cpp' | xargs -0 -r -n 20 -P 2 clang-format-19 -i
    return
  fi
  local differing
  differing=$(our_files '*.hpp' '*.cpp' | xargs -0 -r -n 1 -P 2 sh -c \
    'clang-format-19 --dry-run -Werror "$0" >/dev/null 2>&1 || echo "$0"')
  [ -z "$differing" ] && return 0
  printf '%s\n' "$differing" | sort
  printf 'repair: tools/check.sh -f format\n'
  return 1
}

compile_header() {
  local profile=()
  case $1 in
    tests/* | *_test.hpp | *testing.hpp | */testing/*) profile=(-include gtest/gtest.h) ;;
    core/* | enclave/*) profile=(-fno-exceptions -fno-rtti) ;;
  esac
  clang++-19 -std=c++23 -fsyntax-only -x c++ -Wall -Wextra -Werror -Wno-pragma-once-outside-header "${profile[@]}" \
    -DBOOST_ASIO_NO_DEPRECATED -DBOOST_ASIO_DISABLE_BOOST_COROUTINE -DSUBSTRATEE_VECTORS='"tests/vectors"' \
    -DSUBSTRATEE_VERSION='"0"' -I. "$1" \
    || printf '%s does not compile on its own\n' "$1"
}
export -f compile_header

check_headers() {
  local complaints
  complaints=$(our_files 'core/*.hpp' 'net/*.hpp' 'rpc/*.hpp' 'node/*.hpp' 'enclave/*.hpp' 'worker/*.hpp' 'client/*.hpp' 'tests/*.hpp' |
    xargs -0 -r -n 1 -P 2 bash -c 'compile_header "$0"' 2>&1)
  [ -z "$complaints" ] && return 0
  printf '%s\n' "$complaints"
  return 1
}

check_symbols() {
  python3 tools/check_symbols.py
  local status=$?
  [ $status -eq 77 ] && return 0
  return $status
}

failed=()
for check in "${checks[@]}"; do
  printf -- '-- %s\n' "$check"
  case $check in
    format) check_format ;;
    layers) python3 tools/check_layers.py ;;
    headers) check_headers ;;
    symbols) check_symbols ;;
    todo | links) python3 tools/check_sources.py "$check" ;;
    attacks) python3 tools/check_attacks.py ;;
  esac || failed+=("$check")
done
if [ ${#failed[@]} -ne 0 ]; then
  printf 'failed: %s\n' "${failed[*]}"
  exit 1
fi
printf 'all checks passed\n'
