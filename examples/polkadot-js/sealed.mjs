// The sealed messages of substraTEE: calls, queries, answers (docs/protocol.md, "Calls" and "Queries").

import { createHash } from 'node:crypto';

import { compactAddLength, compactFromU8a } from '@polkadot/util';
import { ed25519Verify } from '@polkadot/util-crypto';

import { aead_open, hkdf_expand, hkdf_extract, seal } from './hpke.mjs';

const PADDING = 256;
const VERSION = 1;
const MULTI_SIGNATURE = { ed25519: 0, sr25519: 1, ecdsa: 2 };
const ANSWER_STATUS = ['answered', 'not_here', 'forbidden', 'malformed'];

const text = (value) => Buffer.from(value, 'utf8');
const u32 = (value) => { const out = Buffer.alloc(4); out.writeUInt32LE(value); return out; };
export const u64 = (value) => { const out = Buffer.alloc(8); out.writeBigUInt64LE(BigInt(value)); return out; };

/** 0x80, then zeros, up to a multiple of 256: the size says little. */
function pad(plaintext) {
  const size = (Math.floor(plaintext.length / PADDING) + 1) * PADDING;
  return Buffer.concat([plaintext, Buffer.from([0x80]), Buffer.alloc(size - plaintext.length - 1)]);
}
function unpad(padded) {
  const end = padded.lastIndexOf(0x80);
  if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error('the padding is wrong');
  return padded.subarray(0, end);
}

/** MultiSignature, as the chain knows it. */
function signed(pair, message) {
  return Buffer.concat([Buffer.from([MULTI_SIGNATURE[pair.type]]), pair.sign(message)]);
}

/**
 * Where a message belongs: nothing signed or sealed for one shard and chain holds in another.
 * `key` and `epoch` are those of the shard's entry in the registry.
 */
export class Shard {
  constructor({ genesis, id, key, epoch }) {
    Object.assign(this, { genesis: Buffer.from(genesis), id: Buffer.from(id), key: Buffer.from(key), epoch });
  }

  #seal(label, associated, plaintext) {
    const info = Buffer.concat([text(label), this.genesis, this.id, u32(this.epoch)]);
    const { enc, ciphertext, export_secret } = seal(this.key, info, associated, pad(plaintext));
    return { message: { version: VERSION, epoch: this.epoch, enc, ciphertext }, export_secret };
  }

  /** The argument sealed_call of substrateeRegistry.callWorker, for an extrinsic that `sender` signs. */
  seal_call(pair, call, { nonce, valid_until, sender = pair }) {
    const body = Buffer.concat([pair.addressRaw, u32(nonce), u32(valid_until), compactAddLength(call)]);
    const message = Buffer.concat([text('substratee/signed-call/v1'), this.genesis, this.id, body]);
    const plaintext = Buffer.concat([body, signed(pair, message)]);
    return this.#seal('substratee/call/v1', sender.addressRaw, plaintext).message;
  }

  /** A query, and how to open its answer. `query` is encoded: ask_nonce() or ask_state(…). */
  seal_query(pair, query, { block_number, block_hash, mode = 'agreed' }) {
    const at = Buffer.concat([u32(block_number), block_hash, Buffer.from([mode === 'agreed' ? 0 : 1]), query]);
    const message = Buffer.concat([text('substratee/signed-query/v1'), this.genesis, this.id, pair.addressRaw, at]);
    const plaintext = Buffer.concat([pair.addressRaw, at, signed(pair, message)]);
    const { message: sealed, export_secret } = this.#seal('substratee/query/v1', Buffer.alloc(0), plaintext);
    const wire = Buffer.concat([Buffer.from([VERSION]), u32(sealed.epoch), sealed.enc,
                                compactAddLength(sealed.ciphertext)]);
    return { wire, open: (answer) => this.#open_answer(answer, wire, sealed.enc, export_secret) };
  }

  /** RFC 9458, section 4.4. Only the asker can open it, and an enclave has signed it. */
  #open_answer(sealed, query_wire, enc, export_secret) {
    if (sealed[0] !== VERSION) throw new Error('an answer of another version');
    const secret = export_secret('substratee/answer/v1', 32);
    const prk = hkdf_extract(Buffer.concat([enc, sealed.subarray(1, 33)]), secret);
    const key = hkdf_expand(prk, text('key'), 32);
    const nonce = hkdf_expand(prk, text('nonce'), 12);
    const plain = unpad(aead_open(key, nonce, Buffer.alloc(0), sealed.subarray(33)));

    // mode ‖ block number ‖ block hash ‖ state CID ‖ status ‖ value ‖ query hash ‖ enclave ‖ signature
    const fixed = 1 + 4 + 32 + 36;
    const [offset, length] = compactFromU8a(plain.subarray(fixed + 1));
    const value_end = fixed + 1 + offset + length.toNumber();
    const [query_hash, enclave, signature] = [[0, 32], [32, 64], [64, 128]].map(
      ([from, to]) => plain.subarray(value_end + from, value_end + to));
    const asked = createHash('sha256').update(query_wire).digest();
    if (!asked.equals(query_hash)) throw new Error('the answer belongs to another query');
    const message = Buffer.concat([text('substratee/answer/v1'), this.genesis, this.id, query_hash,
                                   plain.subarray(0, value_end)]);
    if (!ed25519Verify(message, signature, enclave)) throw new Error('the answer is not signed by its enclave');
    return {
      status: ANSWER_STATUS[plain[fixed]],
      block_number: plain.readUInt32LE(1),
      value: plain.subarray(fixed + 1 + offset, value_end),
      enclave,  // whether it is a member of the shard is for the asker to look up
    };
  }
}

export const ask_nonce = () => Buffer.from([0]);
export const ask_state = (query) => Buffer.concat([Buffer.from([2]), compactAddLength(query)]);

/** The state transition function "counter". */
export const counter = {
  increment: (by) => Buffer.concat([Buffer.from([0]), u64(by)]),
  read: () => ask_state(Buffer.from([0])),
};
