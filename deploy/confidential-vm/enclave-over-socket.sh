#!/bin/sh
# What substratee-worker starts as its enclave (--enclave) when that runs elsewhere: carries frames to the address in the
# file enclave-address beside this script, in socat's words (VSOCK-CONNECT:3:5000). The worker gives no environment.
address=$(cat "$(dirname "$0")/enclave-address") || exit 1
exec /usr/bin/socat STDIO "$address"
