#!/bin/sh
# A Kubo that keeps the state of one worker and speaks with nobody else: no peers, no routing, no announcements, no
# telemetry. The RPC stays as it is: whoever reaches it is its administrator. Needs `ipfs` on PATH and IPFS_PATH.
# Kubo's image runs it at each start (/container-init.d).
set -eu
ipfs config Routing.Type none
ipfs config --json Bootstrap '[]'
ipfs config --json AutoConf.Enabled false
ipfs config --json Provide.Enabled false
ipfs config --json Discovery.MDNS.Enabled false
ipfs config --json Addresses.Swarm '[]'
ipfs config --json Swarm.DisableNatPortMap true
ipfs config --json AutoTLS.Enabled false
