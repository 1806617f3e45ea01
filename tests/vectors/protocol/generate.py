#!/usr/bin/env python3
"""Writes formats.json: the product's message formats, computed without its code.

Only hashlib, hmac and the package "cryptography" (X25519, Ed25519, ChaCha20-Poly1305) are used; HKDF, HPKE, SCALE, the
trie of a journal and the Merkle tree are written out here from their specifications. Run it, compare, commit:
    python3 tests/vectors/protocol/generate.py > tests/vectors/protocol/formats.json
A difference in formats.json is a change of the wire format and breaks every deployed enclave and client.
"""
import hashlib
import hmac
import json
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def sha256(data):
    return hashlib.sha256(data).digest()


def blake2_256(data):
    return hashlib.blake2b(data, digest_size=32).digest()


def hmac256(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def extract(salt, ikm):
    return hmac256(salt or bytes(32), ikm)


def expand(prk, info, size):
    out, block, counter = b"", b"", 1
    while len(out) < size:
        block = hmac256(prk, block + info + bytes([counter]))
        out += block
        counter += 1
    return out[:size]


def derive(key, info, size=32):
    return expand(extract(b"", key), info, size)


def u32(value):
    return struct.pack("<I", value)


def compact(value):
    if value < 1 << 6:
        return bytes([value << 2])
    if value < 1 << 14:
        return struct.pack("<H", value << 2 | 1)
    return struct.pack("<I", value << 2 | 2)


def text(value):
    return compact(len(value)) + value


def public(secret):
    return X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


# RFC 9180, DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, ChaCha20-Poly1305, base mode.
KEM = b"KEM" + b"\x00\x20"
SUITE = b"HPKE" + b"\x00\x20" + b"\x00\x01" + b"\x00\x03"


def labeled_extract(suite, salt, label, ikm):
    return extract(salt, b"HPKE-v1" + suite + label + ikm)


def labeled_expand(suite, prk, label, info, size):
    return expand(prk, struct.pack(">H", size) + b"HPKE-v1" + suite + label + info, size)


def derive_key_pair(ikm):
    secret = labeled_expand(KEM, labeled_extract(KEM, b"", b"dkp_prk", ikm), b"sk", b"", 32)
    return secret, public(secret)


def hpke_seal(ephemeral, recipient, info, aad, plaintext):
    enc = public(ephemeral)
    dh = X25519PrivateKey.from_private_bytes(ephemeral).exchange(X25519PublicKey.from_public_bytes(recipient))
    shared = labeled_expand(KEM, labeled_extract(KEM, b"", b"eae_prk", dh), b"shared_secret", enc + recipient, 32)
    context = b"\x00" + labeled_extract(SUITE, b"", b"psk_id_hash", b"") + labeled_extract(SUITE, b"", b"info_hash", info)
    secret = labeled_extract(SUITE, shared, b"secret", b"")
    key = labeled_expand(SUITE, secret, b"key", context, 32)
    nonce = labeled_expand(SUITE, secret, b"base_nonce", context, 12)
    exporter = labeled_expand(SUITE, secret, b"exp", context, 32)
    return enc, ChaCha20Poly1305(key).encrypt(nonce, plaintext, aad), exporter


def pad(data):
    data += b"\x80"
    return data + bytes(-len(data) % 256)


# Substrate's trie of one entry, layout V0: a leaf whose key is compact(0) = one byte 00, two nibbles.
def single_entry_root(entry):
    return blake2_256(bytes([0x40 | 2]) + b"\x00" + compact(len(entry)) + entry)


genesis, epoch_secret = bytes([0x11]) * 32, bytes([0x22]) * 32
shard = blake2_256(b"substratee/shard/v1" + text(b"counter") + text(b"default"))
epoch, nonce, valid_until, block = 1, 7, 100, 9
block_hash, seed, ephemeral = bytes([0x33]) * 32, bytes([0x44]) * 32, bytes([0x55]) * 32
signer = Ed25519PrivateKey.from_private_bytes(seed)
account = signer.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

state_key = derive(epoch_secret, b"substratee/state-key/v1" + shard)
_, shielding = derive_key_pair(derive(epoch_secret, b"substratee/shielding/v1" + shard))
blind_key = derive(epoch_secret, b"substratee/blind/v1")
receipt_key = derive(epoch_secret, b"substratee/receipt-store/v1")

call = bytes([0]) + struct.pack("<Q", 42)
call_message = b"substratee/signed-call/v1" + genesis + shard + account + u32(nonce) + u32(valid_until) + text(call)
signed_call = account + u32(nonce) + u32(valid_until) + text(call) + b"\x00" + signer.sign(call_message)
info = genesis + shard + u32(epoch)
enc, ciphertext, _ = hpke_seal(ephemeral, shielding, b"substratee/call/v1" + info, account, pad(signed_call))
sealed_call = b"\x01" + u32(epoch) + enc + text(ciphertext)

query = b"\x01" + u32(block) + u32(0)
query_message = b"substratee/signed-query/v1" + genesis + shard + account + u32(block) + block_hash + b"\x00" + query
signed_query = account + u32(block) + block_hash + b"\x00" + query + b"\x00" + signer.sign(query_message)
enc_q, ciphertext_q, exporter = hpke_seal(ephemeral, shielding, b"substratee/query/v1" + info, b"", pad(signed_query))
sealed_query = b"\x01" + u32(epoch) + enc_q + text(ciphertext_q)

state_cid, value = bytes([0x66]) * 36, b"\x07\x00\x00\x00"
answer_message = (b"substratee/answer/v1" + genesis + shard + sha256(sealed_query) + b"\x00" + u32(block) + block_hash +
                  state_cid + b"\x00" + text(value))
answer = (b"\x00" + u32(block) + block_hash + state_cid + b"\x00" + text(value) + sha256(sealed_query) + account +
          signer.sign(answer_message))
response_nonce = bytes([0x77]) * 32
secret = labeled_expand(SUITE, exporter, b"sec", b"substratee/answer/v1", 32)
prk = extract(enc_q + response_nonce, secret)
sealed_answer = b"\x01" + response_nonce + ChaCha20Poly1305(expand(prk, b"key", 32)).encrypt(
    expand(prk, b"nonce", 12), pad(answer), b"")

call_hash = blake2_256(sealed_call)


def leaf(index, outcome):
    blind = hmac256(blind_key, shard + u32(block) + block_hash + u32(index))
    return shard + u32(block) + block_hash + u32(index) + call_hash + account + bytes([outcome]) + blind


leaves = [leaf(0, 0), leaf(1, 5), leaf(2, 1)]
hashes = [sha256(b"\x00" + item) for item in leaves]
receipts_root = sha256(b"\x01" + sha256(b"\x01" + hashes[0] + hashes[1]) + hashes[2])
entry = b"\x00" + shard + account + sealed_call
shielding_key_message = b"substratee/shielding-key/v1" + genesis + shard + u32(epoch) + shielding

print(json.dumps({name: value.hex() if isinstance(value, bytes) else value for name, value in {
    "SOURCE": "generate.py in this directory, independent of the product's code",
    "genesis": genesis, "shard": shard, "epoch": epoch, "epoch_secret": epoch_secret, "state_key": state_key,
    "shielding_key": shielding, "blind_key": blind_key, "receipt_key": receipt_key, "signer_seed": seed,
    "account": account, "nonce": nonce, "valid_until_block": valid_until, "call": call, "call_message": call_message,
    "signed_call": signed_call, "ephemeral_secret": ephemeral, "sealed_call": sealed_call, "call_hash": call_hash,
    "block_number": block, "block_hash": block_hash, "query_message": query_message, "signed_query": signed_query,
    "sealed_query": sealed_query, "state_cid": state_cid, "value": value, "answer_message": answer_message,
    "response_nonce": response_nonce, "sealed_answer": sealed_answer, "first_leaf": leaves[0],
    "receipts_root": receipts_root, "journal_root": single_entry_root(entry),
    "shielding_key_message": shielding_key_message}.items()}, indent=2))
