#!/bin/bash
# Makes debian:bookworm-slim where no image can be pulled. See --help.
set -euo pipefail
export LC_ALL=C

usage() {
  cat <<'END'
Usage: tools/offline-base-image.sh [--engine docker|podman] [--tar FILE] [--suite-mirror URL]

Makes the image debian:bookworm-slim from Debian's packages with debootstrap, for machines that have a Debian mirror but
no image registry. Without apt caches, package lists, documents (licences stay), man pages and translations. Needs root.

  --engine NAME        import into this engine (default: docker)
  --tar FILE           keep the file system as FILE; if it exists already, it is imported as it is
  --no-import          only make the FILE
  --suite-mirror URL   default: the mirror of this machine's own sources of apt, else http://deb.debian.org/debian
  --help               this text
END
}

complain() { printf 'offline-base-image: %s\n' "$*" >&2; }

engine=docker
tar_file=
mirror=
import=yes
while [ $# -gt 0 ]; do
  case $1 in
    --engine | --tar | --suite-mirror)
      [ $# -ge 2 ] || { complain "$1 needs a value"; exit 2; }
      case $1 in --engine) engine=$2 ;; --tar) tar_file=$2 ;; *) mirror=$2 ;; esac
      shift ;;
    --no-import) import=no ;;
    --help | -h) usage; exit 0 ;;
    *) complain "unknown argument '$1'; see tools/offline-base-image.sh --help"; exit 2 ;;
  esac
  shift
done
case $engine in docker | podman) ;; *) complain "--engine is docker or podman, not '$engine'"; exit 2 ;; esac
[ $import = yes ] || [ -n "$tar_file" ] || { complain '--no-import needs --tar'; exit 2; }

# The mirror that this machine uses for Debian itself: of deb lines and of deb822 files, the first that has bookworm.
mirror_of_this_machine() {
  local found
  found=$(sed -n 's/^deb \(\[[^]]*\] \)\?\(http[^ ]*\) bookworm .*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/*.list \
    2>/dev/null | sed -n 1p || true)
  [ -n "$found" ] || found=$(cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '
    BEGIN { RS = ""; FS = "\n" }
    { uri = ""; fits = 0
      for (i = 1; i <= NF; i++) {
        if ($i ~ /^URIs:/) { split($i, words, " "); uri = words[2] }
        if ($i ~ /^Suites:.* bookworm( |$)/) fits = 1
      }
      if (fits && uri ~ /^http/) { print uri; exit } }' || true)
  printf '%s' "${found:-http://deb.debian.org/debian}"
}

work=
remove_work() { [ -z "$work" ] || rm -rf "$work"; }
trap remove_work EXIT

make_file_system() {
  command -v debootstrap >/dev/null || { complain 'debootstrap is missing: apt-get install debootstrap'; exit 1; }
  [ "$(id -u)" -eq 0 ] || { complain 'debootstrap needs root; run this with sudo'; exit 1; }
  work=$(mktemp -d)
  local root=$work/root
  [ -n "$mirror" ] || mirror=$(mirror_of_this_machine)
  printf 'offline-base-image: packages from %s\n' "$mirror"
  if ! debootstrap --variant=minbase bookworm "$root" "$mirror" >"$work/log" 2>&1; then
    tail -n 5 "$work/log" >&2
    complain 'debootstrap failed; its last words are above'
    exit 1
  fi
  # As the published image leaves it: licences stay, all other documents go, also those of later packages.
  cat >"$root/etc/dpkg/dpkg.cfg.d/slim" <<'END'
path-exclude /usr/share/doc/*
path-include /usr/share/doc/*/copyright
path-exclude /usr/share/man/*
path-exclude /usr/share/info/*
path-exclude /usr/share/locale/*
END
  rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/var/log/* "$root"/var/cache/debconf/*-old \
    "$root"/var/cache/ldconfig/* "$root"/usr/share/man/* "$root"/usr/share/info/* "$root"/usr/share/locale/* "$root"/tmp/*
  find "$root/usr/share/doc" -mindepth 1 ! -type d ! -name copyright -delete
  find "$root/usr/share/doc" -mindepth 1 -type d -empty -delete
  # Nothing of this machine.
  rm -f "$root/etc/resolv.conf" "$root/etc/hostname"
  find "$root/dev" -mindepth 1 -delete
  tar --numeric-owner --sort=name -C "$root" -cf "$1.new" .
  mv "$1.new" "$1"
}

if [ -z "$tar_file" ]; then
  folder=$(mktemp -d)
  trap 'remove_work; rm -rf "$folder"' EXIT
  tar_file=$folder/debian-bookworm-slim.tar
fi
[ -e "$tar_file" ] || make_file_system "$tar_file"
if [ $import = yes ]; then
  # The full name, which podman asks for too.
  "$engine" import --change 'CMD ["bash"]' "$tar_file" docker.io/library/debian:bookworm-slim >/dev/null
  printf 'offline-base-image: %s has debian:bookworm-slim, %d MB\n' "$engine" $(($(stat -c %s "$tar_file") / 1000000))
fi
