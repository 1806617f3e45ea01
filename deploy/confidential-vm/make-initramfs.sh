#!/bin/bash
# The initial file system of the measured VM. See --help.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'END'
Usage: deploy/confidential-vm/make-initramfs.sh PROGRAMS FILE [MODULE...]

Writes FILE (cpio, gzip) with substratee-enclave of PROGRAMS, the libraries that it needs, socat, busybox, and the kernel
modules given (in the order in which they are loaded). The same input gives the same bytes: the VM is measured.
Needs cpio, socat and busybox-static on this machine.
END
}

[ "${1:-}" = --help ] && { usage; exit 0; }
[ $# -ge 2 ] || { usage >&2; exit 2; }
programs=$1
file=$(readlink -f "$2")
shift 2
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
for program in cpio socat busybox; do
  command -v $program >/dev/null || { printf 'make-initramfs: %s is missing\n' $program >&2; exit 1; }
done
[ -x "$programs/substratee-enclave" ] || { printf 'make-initramfs: no substratee-enclave in %s\n' "$programs" >&2; exit 1; }

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,dev,proc,sys,lib/modules,lib64,usr/bin,usr/local/bin}
install -m 0755 "$here/init" "$root/init"
install -m 0755 "$(command -v busybox)" "$root/bin/busybox"
install -m 0755 "$(command -v socat)" "$root/usr/bin/socat"
install -m 0755 "$programs/substratee-enclave" "$root/usr/local/bin/substratee-enclave"
# Where the loader looks for them, under the name that the programs ask for.
ldd "$programs/substratee-enclave" "$(command -v socat)" | sed -n 's/^\t\(.* => \)\?\(\/[^ ]*\) (.*/\2/p' | sort -u |
  while read -r library; do
    install -D -m 0755 "$(readlink -f "$library")" "$root$library"
  done
number=10
for module in "$@"; do
  install -m 0644 "$module" "$root/lib/modules/$number-$(basename "$module")"
  number=$((number + 1))
done
find "$root" -exec touch --no-dereference --date=@0 {} +
(cd "$root" && find . -mindepth 1 -print0 | sort -z | cpio --null --create --format=newc --owner=0:0 --reproducible --quiet) |
  gzip -9n >"$file"
