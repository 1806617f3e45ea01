#!/bin/bash
# Installs what is missing, builds, runs all tests. See --help.
set -u
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" || exit 1

usage() {
  cat <<'END'
Usage: ./test.sh [--long] [-- CTEST ARGUMENTS]

Installs the Debian packages that are missing, builds everything with AddressSanitizer and
UndefinedBehaviorSanitizer (build/test) and the programs in Release (build/release), and runs all tests:
unit, network, end-to-end, containers and checks of the sources. The last lines are ctest's summary, the status is ctest's.

  --long    ten times the seeds and rounds
  --help    this text

After -- come arguments of ctest, for example:  ./test.sh -- -L e2e    ./test.sh -- -R registry

The container tests use the engine that answers, or start one for themselves (root, dockerd installed; it is installed
where there is no systemd), or are skipped with the reason.

Environment:
  SUBSTRATEE_INSTALL=no   install nothing
END
}

ctest_arguments=()
seconds_of_a_test=120
while [ $# -gt 0 ]; do
  case $1 in
    --long) export SUBSTRATEE_LONG=1; seconds_of_a_test=1200 ;;
    --help | -h) usage; exit 0 ;;
    --) shift; ctest_arguments=("$@"); break ;;
    *) printf "test.sh: unknown argument '%s'; see ./test.sh --help\n" "$1" >&2; exit 2 ;;
  esac
  shift
done

source tools/stages.sh
install_packages
install_engine
lock_build || exit 1
build_programs
stage 'test build, with sanitizers (build/test)' build test -D "SUBSTRATEE_TEST_SECONDS=$seconds_of_a_test"
unlock_build

symbolizer=/usr/lib/llvm-19/bin/llvm-symbolizer
if [ -x "$symbolizer" ]; then
  export ASAN_SYMBOLIZER_PATH=$symbolizer UBSAN_SYMBOLIZER_PATH=$symbolizer
fi
export SUBSTRATEE_BIN=$ROOT/build/release/bin
printf '[%s] tests\n' "$(elapsed)"
exec ctest --preset test --parallel "$(nproc)" --timeout "$((5 * seconds_of_a_test))" "${ctest_arguments[@]}"
