// HPKE (RFC 9180), base mode, with the one suite of substraTEE: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256,
// ChaCha20-Poly1305. Composed of the primitives in node:crypto; single-shot only, so the nonce is the base nonce.

import { createCipheriv, createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman,
         generateKeyPairSync } from 'node:crypto';

const text = (value) => Buffer.from(value, 'utf8');
const VERSION = text('HPKE-v1');
const KEM = Buffer.concat([text('KEM'), Buffer.from([0x00, 0x20])]);
const SUITE = Buffer.concat([text('HPKE'), Buffer.from([0x00, 0x20, 0x00, 0x01, 0x00, 0x03])]);
const TAG_SIZE = 16;
// An X25519 key is these bytes of DER and the key.
const PUBLIC_DER = Buffer.from('302a300506032b656e032100', 'hex');
const PRIVATE_DER = Buffer.from('302e020100300506032b656e04220420', 'hex');

const hmac = (key, data) => createHmac('sha256', key).update(data).digest();

/** HKDF-SHA256 (RFC 5869), both halves. */
export const hkdf_extract = (salt, input_key) => hmac(salt.length > 0 ? salt : Buffer.alloc(32), input_key);
export function hkdf_expand(key, info, size) {
  let out = Buffer.alloc(0);
  for (let block = Buffer.alloc(0), i = 1; out.length < size; ++i) {
    block = hmac(key, Buffer.concat([block, info, Buffer.from([i])]));
    out = Buffer.concat([out, block]);
  }
  return out.subarray(0, size);
}

function extract(suite, salt, label, input_key) {
  return hkdf_extract(salt, Buffer.concat([VERSION, suite, text(label), input_key]));
}
function expand(suite, key, label, info, size) {
  const length = Buffer.from([size >> 8, size & 0xff]);
  return hkdf_expand(key, Buffer.concat([length, VERSION, suite, text(label), info]), size);
}

const NOTHING = Buffer.alloc(0);

/** A fresh key pair, or that of a 32 byte secret. */
export function key_pair(secret) {
  const key = secret ? createPrivateKey({ key: Buffer.concat([PRIVATE_DER, secret]), format: 'der', type: 'pkcs8' })
                     : generateKeyPairSync('x25519').privateKey;
  return { key, bytes: createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(PUBLIC_DER.length) };
}

function key_schedule(shared, info) {
  const context = Buffer.concat([Buffer.from([0]), extract(SUITE, NOTHING, 'psk_id_hash', NOTHING),
                                 extract(SUITE, NOTHING, 'info_hash', info)]);
  const secret = extract(SUITE, shared, 'secret', NOTHING);
  const exporter = expand(SUITE, secret, 'exp', context, 32);
  return {
    key: expand(SUITE, secret, 'key', context, 32),
    nonce: expand(SUITE, secret, 'base_nonce', context, 12),
    export_secret: (label, size) => expand(SUITE, exporter, 'sec', text(label), size),
  };
}

/** Seals to a public key of 32 bytes: what goes out, and a function for secrets that only both ends can derive. */
export function seal(recipient, info, associated, plaintext, ephemeral = key_pair()) {
  const publicKey = createPublicKey({ key: Buffer.concat([PUBLIC_DER, recipient]), format: 'der', type: 'spki' });
  const agreed = diffieHellman({ privateKey: ephemeral.key, publicKey });
  const enc = ephemeral.bytes;
  const shared = expand(KEM, extract(KEM, NOTHING, 'eae_prk', agreed), 'shared_secret',
                        Buffer.concat([enc, recipient]), 32);
  const { key, nonce, export_secret } = key_schedule(shared, info);
  return { enc, ciphertext: aead_seal(key, nonce, associated, plaintext), export_secret };
}

/** ChaCha20-Poly1305, the tag behind the ciphertext. */
export function aead_seal(key, nonce, associated, plaintext) {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG_SIZE });
  cipher.setAAD(associated, { plaintextLength: plaintext.length });
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}
/** Throws when one bit is wrong. */
export function aead_open(key, nonce, associated, sealed) {
  const body = sealed.subarray(0, sealed.length - TAG_SIZE);
  const cipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG_SIZE });
  cipher.setAAD(associated, { plaintextLength: body.length });
  cipher.setAuthTag(sealed.subarray(sealed.length - TAG_SIZE));
  return Buffer.concat([cipher.update(body), cipher.final()]);
}
