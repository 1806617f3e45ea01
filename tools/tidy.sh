#!/bin/bash
# Runs clang-tidy-19 (rules: .clang-tidy) on our sources, two at a time. Slow: minutes.
# Usage: tools/tidy.sh [FILE...]      without files: all. Status 1 if something is found.
set -u
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." || exit 1
case ${1:-} in
  --help | -h) sed -n '2,3s/^# //p' tools/tidy.sh; exit 0 ;;
esac
tools/install.sh --tidy || exit 1
database=build/tidy
cmake --preset release -B $database --log-level=WARNING -D CMAKE_CXX_COMPILER_LAUNCHER= -D CMAKE_DISABLE_PRECOMPILE_HEADERS=ON || exit 1
if [ $# -gt 0 ]; then
  printf '%s\0' "$@"
else
  git ls-files -z --cached --others --exclude-standard -- 'core/*.cpp' 'net/*.cpp' 'rpc/*.cpp' 'node/*.cpp' 'enclave/*.cpp' \
    'worker/*.cpp' 'client/*.cpp' | grep -zv '_test\.cpp$'
fi | xargs -0 -r -n 1 -P 2 clang-tidy-19 -p $database --quiet --warnings-as-errors='*'
