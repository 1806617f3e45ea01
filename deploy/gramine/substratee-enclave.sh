#!/bin/sh
# What substratee-worker starts as its enclave (--enclave) on a machine with SGX: frames go through Gramine's standard
# input and output. The worker's arguments are for a simulated platform; the manifest, which is measured, has its own.
cd "$(dirname "$0")" || exit 1
exec gramine-sgx substratee-enclave
