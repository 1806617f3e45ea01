#!/bin/bash
# Starts the measured VM. NOT YET RUN ON HARDWARE; see README.md.
set -euo pipefail

usage() {
  cat <<'END'
Usage: deploy/confidential-vm/launch.sh tdx|snp KERNEL INITRAMFS FIRMWARE [CONTEXT-ID]

Runs until the enclave ends. No disk, no network: frames come over vsock (context id 3 unless given), port 5000.
FIRMWARE: an OVMF build that measures kernel, command line and initial file system (AmdSev or IntelTdx).
END
}

[ "${1:-}" = --help ] && { usage; exit 0; }
[ $# -ge 4 ] || { usage >&2; exit 2; }
case $1 in
  tdx)
    guest='{"qom-type":"tdx-guest","id":"tee","quote-generation-socket":{"type":"vsock","cid":"2","port":"4050"}}'
    machine=q35,kernel-irqchip=split,confidential-guest-support=tee ;;
  snp)
    # Policy: no debugging, no migration, SMT permitted.
    guest='{"qom-type":"sev-snp-guest","id":"tee","policy":196608,"kernel-hashes":true,"cbitpos":51,"reduced-phys-bits":1}'
    machine=q35,confidential-guest-support=tee,memory-backend=ram ;;
  *) usage >&2; exit 2 ;;
esac
exec qemu-system-x86_64 -enable-kvm -cpu host -smp 1 -m 2G -nodefaults -no-user-config -display none -no-reboot \
  -machine "$machine" -object "$guest" -object memory-backend-memfd,id=ram,size=2G,share=on \
  -bios "$4" -kernel "$2" -initrd "$3" -append 'console=ttyS0 quiet panic=-1 rdinit=/init' -serial stdio \
  -device "vhost-vsock-pci,guest-cid=${5:-3}"
