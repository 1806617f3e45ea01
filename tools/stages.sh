# Shared by M4.sh, test.sh and bench.sh: stages with their times, and the two builds. Sourced by bash.
# A stage that fails ends the script, names itself and what to do.

readonly ROOT=$PWD

# Elapsed time of the script, as mm:ss.
elapsed() { printf '%02d:%02d' $((SECONDS / 60)) $((SECONDS % 60)); }

# stage "what happens" command...
stage() {
  local what=$1 started=$SECONDS status
  shift
  printf '[%s] %s\n' "$(elapsed)" "$what"
  "$@"
  status=$?
  if [ $status -ne 0 ]; then
    printf '[%s] FAILED: %s (status %d). The cause is in the lines above.\n' "$(elapsed)" "$what" $status >&2
    exit $status
  fi
  printf '[%s] done: %s, %d s\n' "$(elapsed)" "$what" $((SECONDS - started))
}

# One build at a time in one checkout; other checkouts do not matter.
lock_build() {
  mkdir -p "$ROOT/build" || return 1
  exec 8>"$ROOT/build/.lock" || return 1
  flock -n 8 && return 0
  printf '[%s] another script builds in this checkout; waiting for it\n' "$(elapsed)"
  flock 8
}
unlock_build() { exec 8>&-; }

# build PRESET [cmake arguments...]
build() {
  local preset=$1
  shift
  cmake --preset "$preset" --log-level=WARNING "$@" 8>&- || return 1
  cmake --build --preset "$preset" 8>&-
}

# Packages, and the four programs in build/release/bin.
install_packages() { stage 'packages' "$ROOT/tools/install.sh"; }
build_programs() { stage 'Release build of the programs (build/release)' build release; }

# An engine for the container tests, where that cannot disturb anybody: root, no engine installed, no system manager that
# would start one for good. Elsewhere the tests take the engine that is there, or say why they are skipped.
install_engine() {
  [ "$(id -u)" -eq 0 ] || return 0
  [ "${SUBSTRATEE_INSTALL:-}" != no ] || return 0
  ! command -v dockerd >/dev/null && ! command -v podman >/dev/null || return 0
  [ ! -d /run/systemd/system ] && ! docker info >/dev/null 2>&1 || return 0
  printf '[%s] Docker, for the container tests\n' "$(elapsed)"
  "$ROOT/tools/install.sh" --containers || printf '[%s] without Docker: the container tests will be skipped\n' "$(elapsed)"
}
