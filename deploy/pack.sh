#!/bin/bash
# Lays out what the image holds beyond its base: programs, their libraries, the licences of those, the health check.
# deploy/Dockerfile.prebuilt and the Dockerfile copy it as it is.
set -euo pipefail

usage() {
  cat <<'END'
Usage: deploy/pack.sh PROGRAMS FOLDER

Copies the four programs of PROGRAMS (build/release/bin), and the shared libraries that they need and that
debian:bookworm-slim does not have, into FOLDER/usr/local. FOLDER is made anew. To be run on Debian 12.
END
}

readonly NAMES='substratee-node substratee-worker substratee-enclave substratee-client'
# In every debian:bookworm-slim: the C and C++ libraries, and what its package manager needs.
readonly OF_THE_BASE='^(ld-linux-x86-64|libc|libm|libpthread|libdl|librt|libresolv|libgcc_s|libstdc\+\+|libz|libbz2|liblz4|libzstd|liblzma)\.'

complain() { printf 'pack: %s\n' "$*" >&2; }

[ "${1:-}" = --help ] && { usage; exit 0; }
[ $# -eq 2 ] || { usage >&2; exit 2; }
programs=$1
folder=$2
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")

for name in $NAMES; do
  [ -x "$programs/$name" ] || { complain "no $name in $programs; build it: cmake --build --preset release"; exit 1; }
done
rm -rf "$folder"
mkdir -p "$folder/usr/local/bin" "$folder/usr/local/lib" "$folder/usr/share/doc"
for name in $NAMES; do
  install -m 0755 "$programs/$name" "$folder/usr/local/bin/"
done
install -m 0755 "$here/substratee-health" "$folder/usr/local/bin/"

needed=$(for name in $NAMES; do ldd "$programs/$name"; done)
if grep -q 'not found' <<<"$needed"; then
  complain "a library is missing on this machine: $(grep -m1 'not found' <<<"$needed")"
  exit 1
fi
sed -n 's/.* => \(\/[^ ]*\) .*/\1/p' <<<"$needed" | sort -u | while read -r library; do
  file=$(basename "$library")
  [[ $file =~ $OF_THE_BASE ]] && continue
  install -m 0644 "$(readlink -f "$library")" "$folder/usr/local/lib/$file"
  # It stands under one of the two names in the package database.
  package=$( (dpkg-query -S "$library" "/usr$library" 2>/dev/null || true) | sed -n '1s/:.*//p')
  if [ -n "$package" ] && [ -e "/usr/share/doc/$package/copyright" ]; then
    install -D -m 0644 "/usr/share/doc/$package/copyright" "$folder/usr/share/doc/$package/copyright"
  fi
done
