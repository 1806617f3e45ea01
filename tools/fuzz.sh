#!/bin/sh
# Runs a fuzz target with libFuzzer, AddressSanitizer and UndefinedBehaviorSanitizer until it finds something or the
# time is over.
#   tools/fuzz.sh TARGET [SECONDS] [libFuzzer options...]      TARGET: a source in fuzz/ without .cpp
# Inputs that add coverage are kept in build/fuzz/corpus/TARGET; what breaks it stands in build/fuzz/crashes/TARGET and
# belongs, made small with -minimize_crash=1, into fuzz/corpus/TARGET, which ctest replays.
set -eu
cd "$(dirname "$0")/.."
target=${1:?usage: tools/fuzz.sh TARGET [SECONDS] [libFuzzer options...]}
seconds=${2:-600}
[ $# -ge 2 ] && shift 2 || shift 1
if [ ! -f "fuzz/$target.cpp" ]; then
  echo "fuzz.sh: there is no fuzz/$target.cpp" >&2
  exit 2
fi
cmake --preset test -B build/fuzz -DSUBSTRATEE_LIBFUZZER=ON >/dev/null
cmake --build build/fuzz --target "substratee_fuzz_$target"
corpus=build/fuzz/corpus/$target
crashes=build/fuzz/crashes/$target
mkdir -p "$corpus" "$crashes" "fuzz/corpus/$target"
program=build/fuzz/bin/substratee_fuzz_$target
SUBSTRATEE_FUZZ_SEEDS=$corpus "$program" -runs=0 "$corpus" >/dev/null 2>&1
exec "$program" -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 -artifact_prefix="$crashes/" "$@" \
  "$corpus" "fuzz/corpus/$target"
