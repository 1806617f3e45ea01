// What a signed extrinsic of format 4 says, read byte by byte: no client's own reader is asked whether it wrote well.

import { hexToU8a } from '@polkadot/util';

const SIGNATURE_SIZES = [64, 64, 65];  // ed25519, sr25519, ecdsa

/** Blocks for which it is valid, or null if for ever. `wire`: bytes or hex, with the length in front. */
export function mortal_period(wire) {
  const bytes = typeof wire === 'string' ? hexToU8a(wire) : wire;
  let at = [1, 2, 4][bytes[0] & 3];
  if (bytes[at++] !== 0x84) throw new Error('not signed, or not of format 4');
  if (bytes[at] !== 0) throw new Error('not an account');
  at += 33;
  at += 1 + SIGNATURE_SIZES[bytes[at]];
  return bytes[at] === 0 ? null : 2 << (bytes[at] & 15);
}
