#!/bin/bash
# Builds the enclave a second time, from a copy of the sources in another folder and without the compiler cache, and
# compares its measurement with that of the Release program. See --help.
set -u
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." || exit 1

usage() {
  cat <<'END'
Usage: tools/reproducible.sh [--again]

Whoever builds the same sources with the same packages gets the same enclave: the measurement that a chain allows can be
checked by anybody. This compares build/release/bin/substratee-enclave (or the one in SUBSTRATEE_BIN) with a fresh build
of a copy of the sources in a temporary folder. A program that was compared before is not built again.

  --again   compare even if this very program was compared before

Status: 0 equal, 1 different, or the build failed; 77 there is no Release build to compare with.
END
}

again=no
case ${1-} in
  '') ;;
  --again) again=yes ;;
  --help | -h) usage; exit 0 ;;
  *) printf "reproducible.sh: unknown argument '%s'; see --help\n" "$1" >&2; exit 2 ;;
esac

enclave=${SUBSTRATEE_BIN:-build/release/bin}/substratee-enclave
if [ ! -x "$enclave" ]; then
  printf 'skipped: %s is not built; build it: cmake --build --preset release\n' "$enclave"
  exit 77
fi
first=$("$enclave" --measurement) || exit 1

readonly compared=build/reproducible
if [ $again = no ] && [ "$(cat "$compared" 2>/dev/null)" = "$first" ]; then
  printf '%s: compared before (%s)\n' "$first" "$compared"
  exit 0
fi

copy=$(mktemp -d "${TMPDIR:-/tmp}/substratee-reproducible-XXXXXX") || exit 1
trap 'rm -rf "$copy"' EXIT
if git rev-parse --git-dir >/dev/null 2>&1; then
  git ls-files -z --cached --others --exclude-standard | grep -zv '^tests/vectors/' |
    while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done |
    tar --null -T - -cf - | tar -xf - -C "$copy" || exit 1
else
  tar --exclude=./build --exclude=./output --exclude=./tests/vectors -cf - . | tar -xf - -C "$copy" || exit 1
fi

log=$copy/build.log
export CCACHE_DISABLE=1
if ! (cd "$copy" && cmake --preset release --log-level=WARNING && cmake --build --preset release --target substratee-enclave) \
    >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  printf 'reproducible.sh: the copy does not build\n' >&2
  exit 1
fi
second=$("$copy/build/release/bin/substratee-enclave" --measurement) || exit 1

if [ "$first" != "$second" ]; then
  printf 'NOT REPRODUCIBLE\n  %s  %s\n  %s  %s\n' "$first" "$enclave" "$second" 'a fresh build in another folder' >&2
  printf 'If the sources changed since the Release build: cmake --build --preset release, and again.\n' >&2
  exit 1
fi
mkdir -p build && printf '%s\n' "$first" >"$compared"
printf '%s: the same from two folders\n' "$first"
