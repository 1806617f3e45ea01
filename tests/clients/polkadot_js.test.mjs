// @polkadot/api, which knows the legacy methods only.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { validateProofs } from '@polkadot-api/substrate-bindings';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { Metadata, TypeRegistry } from '@polkadot/types';
import { compactStripLength, hexToU8a, u8aToHex } from '@polkadot/util';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { Node, eventually } from './support/node.mjs';
import { call } from './support/rpc.mjs';

const UNIT = 1_000_000_000_000n;
const FEE_PER_BYTE = 1000;
const node = new Node();
let api;
let alice;
let bob;

before(async () => {
  await cryptoWaitReady();
  await node.start();
  const keyring = new Keyring({ type: 'sr25519' });
  alice = keyring.addFromUri('//Alice');
  bob = keyring.addFromUri('//Bob');
  api = await ApiPromise.create({ provider: new WsProvider(node.url, 200), noInitWarn: true, throwOnConnect: true });
});

after(async () => {
  await api?.disconnect();
  await node.remove();
});

/** Every status on the way of a transaction, and its events where it is final. */
function send(transaction, signer, options = {}) {
  return new Promise((resolve, reject) => {
    const seen = [];
    transaction.signAndSend(signer, options, (result) => {
      seen.push(result.status.type);
      if (result.isError || result.internalError) reject(result.internalError ?? new Error(result.status.type));
      if (result.status.isFinalized) resolve({ seen, events: result.events, error: result.dispatchError, result });
    }).catch(reject);
  });
}

const names = (events) => events.map(({ event }) => `${event.section}.${event.method}`);

test('connects, and knows the chain', async () => {
  assert.equal(api.runtimeVersion.specName.toString(), 'substratee-node');
  assert.equal((await api.rpc.system.chain()).toString(), 'substraTEE Development');
  assert.equal(api.registry.chainSS58, 42);
  for (const pallet of ['system', 'timestamp', 'balances', 'sudo', 'utility', 'substrateeRegistry']) {
    assert.ok(api.tx[pallet], pallet);
  }
});

test('reads constants, queries, entries and past states', async () => {
  await eventually('a block', async () => (await api.query.timestamp.now()).toNumber() > 0);
  assert.equal(api.consts.system.version.specName.toString(), 'substratee-node');
  assert.ok(api.consts.balances.existentialDeposit);
  const account = await api.query.system.account(alice.address);
  assert.ok(account.data.free.toBigInt() > UNIT);
  const accounts = await api.query.system.account.entries();
  assert.ok(accounts.some(([key]) => key.args[0].toString() === alice.address));
  const at = await api.at(api.genesisHash);
  assert.equal((await at.query.system.number()).toNumber(), 0);
  const [first, second] = await api.queryMulti([[api.query.system.account, alice.address], api.query.timestamp.now]);
  assert.equal(first.nonce.toNumber(), account.nonce.toNumber());
  assert.ok(second.toNumber() > 0);
});

test('follows heads and storage', async () => {
  const heads = [];
  const finals = [];
  const times = [];
  const stops = await Promise.all([
    api.rpc.chain.subscribeNewHeads((header) => heads.push(header.number.toNumber())),
    api.rpc.chain.subscribeFinalizedHeads((header) => finals.push(header.number.toNumber())),
    api.query.timestamp.now((now) => times.push(now.toNumber())),
  ]);
  await eventually('five heads', () => heads.length >= 5 && finals.length >= 3 && times.length >= 3);
  stops.forEach((stop) => stop());
  for (const list of [heads, finals]) {
    for (let i = 1; i < list.length; ++i) assert.equal(list[i], list[i - 1] + 1, 'no gap');
  }
});

test('sends through InBlock and Finalized, with events', async () => {
  const { seen, events } = await send(api.tx.balances.transferKeepAlive(bob.address, UNIT), alice);
  assert.deepEqual(seen, ['Ready', 'InBlock', 'Finalized']);
  assert.ok(names(events).includes('balances.Transfer'), names(events).join());
  assert.ok(names(events).includes('system.ExtrinsicSuccess'));
});

test('understands the errors of pallets', async () => {
  const too_much = api.tx.balances.transferKeepAlive(bob.address, 2n ** 120n);
  const { error, events } = await send(too_much, alice);
  assert.ok(names(events).includes('system.ExtrinsicFailed'));
  assert.ok(error.isToken && error.asToken.isFundsUnavailable, String(error));
  const not_root = await send(api.tx.sudo.sudo(api.tx.system.remark('0x00')), bob);
  assert.ok(not_root.error.isModule, String(not_root.error));
  const found = api.registry.findMetaError(not_root.error.asModule);
  assert.equal(`${found.section}.${found.name}`, 'sudo.RequireSudo');
  assert.ok(found.docs.join('').length > 0);
});

test('understands the errors of our own pallet', async () => {
  const unknown_shard = api.tx.substrateeRegistry.callWorker(
    `0x${'11'.repeat(32)}`, { version: 1, epoch: 0, enc: `0x${'22'.repeat(32)}`, ciphertext: `0x${'33'.repeat(64)}` });
  const { error } = await send(unknown_shard, alice);
  assert.ok(error?.isModule, String(error));
  const found = api.registry.findMetaError(error.asModule);
  assert.equal(found.section, 'substrateeRegistry');
  assert.match(found.name, /Shard/);
});

test('reads our own pallet', async () => {
  const shards = await api.query.substrateeRegistry.shards.entries();
  assert.ok(shards.length >= 1);
  const policy = await api.query.substrateeRegistry.policy();
  assert.ok(policy.toHex().length > 2);
  const allowed = await api.query.substrateeRegistry.allowedMeasurements();
  assert.ok(Array.isArray(allowed.toJSON()));
  assert.equal((await api.query.substrateeRegistry.enclaveCount()).toString(), '0');
});

test('batches', async () => {
  const batch = api.tx.utility.batchAll([api.tx.system.remarkWithEvent('0x01'), api.tx.system.remarkWithEvent('0x02')]);
  const { events } = await send(batch, alice);
  assert.equal(names(events).filter((name) => name === 'system.Remarked').length, 2);
});

test('signs mortal and immortal, with every kind of key', async () => {
  for (const type of ['sr25519', 'ed25519', 'ecdsa']) {
    const signer = new Keyring({ type }).addFromUri(`//clients-${type}`);
    await send(api.tx.balances.transferKeepAlive(signer.address, 10n * UNIT), alice);
    const remark = api.tx.system.remark(`0x${'ab'.repeat(300)}`);  // a payload that is hashed before it is signed
    for (const [options, period] of [[{}, 256], [{ era: 32 }, 32], [{ era: 0 }, null]]) {
      const { seen, result } = await send(remark, signer, options);
      assert.equal(seen.at(-1), 'Finalized', type);
      const { block } = await api.rpc.chain.getBlock(result.status.asFinalized);
      const { era } = block.extrinsics[result.txIndex];
      assert.equal(era.isMortalEra ? era.asMortalEra.period.toNumber() : null, period, type);
    }
  }
});

test('takes the next nonce from the node', async () => {
  const before_all = (await api.rpc.system.accountNextIndex(bob.address)).toNumber();
  const { result } = await send(api.tx.system.remark('0x00'), bob, { nonce: -1 });
  assert.ok(result.status.isFinalized);
  assert.equal((await api.rpc.system.accountNextIndex(bob.address)).toNumber(), before_all + 1);
  await assert.rejects(send(api.tx.system.remark('0x00'), bob, { nonce: before_all }), /outdated/);
});

test('knows the fee before: it is the one that is taken', async () => {
  const paid = await new Node({ fee_per_byte: FEE_PER_BYTE }).start();
  const there = await ApiPromise.create({ provider: new WsProvider(paid.url), noInitWarn: true, throwOnConnect: true });
  try {
    const free = async () => (await there.query.system.account(alice.address)).data.free.toBigInt();
    const before_all = await free();
    const transfer = there.tx.balances.transferKeepAlive(bob.address, UNIT);
    const info = await transfer.paymentInfo(alice);
    assert.ok(info.weight.refTime.toBigInt() > 0n);
    const { result } = await send(transfer, alice);
    assert.equal(before_all - UNIT - (await free()), info.partialFee.toBigInt());
    const { block } = await there.rpc.chain.getBlock(result.status.asFinalized);
    assert.equal(info.partialFee.toNumber(), FEE_PER_BYTE * block.extrinsics[result.txIndex].encodedLength);
  } finally {
    await there.disconnect();
    await paid.remove();
  }
});

test('sends many at once', async () => {
  const first = (await api.rpc.system.accountNextIndex(alice.address)).toNumber();
  const sent = Array.from({ length: 20 }, (_, i) => api.tx.system.remark([i]).signAndSend(alice, { nonce: first + i }));
  assert.equal(new Set((await Promise.all(sent)).map(String)).size, 20);
  await eventually('all of them', async () =>
    (await api.query.system.account(alice.address)).nonce.toNumber() === first + 20);
});

test('a read proof has the root that the header names', async () => {
  const hash = await api.rpc.chain.getFinalizedHead();
  const header = await api.rpc.chain.getHeader(hash);
  const keys = [api.query.system.account.key(alice.address), api.query.timestamp.now.key(), '0x00'];
  const { at, proof } = await api.rpc.state.getReadProof(keys, hash);
  assert.equal(at.toHex(), hash.toHex());
  const checked = validateProofs(proof.map((part) => part.toHex()));
  assert.ok(checked);
  assert.equal(checked.rootHash, header.stateRoot.toHex());
});

/** As the client decodes the metadata of that version. */
async function types_of(version) {
  const wrapped = await call(node.url, 'state_call', 'Metadata_metadata_at_version', u8aToHex(Uint8Array.of(version, 0, 0, 0)));
  const registry = new TypeRegistry();
  const opaque = compactStripLength(hexToU8a(wrapped).subarray(1))[1];
  registry.setMetadata(new Metadata(registry, u8aToHex(opaque)));
  return registry;
}

/** Eras whose second byte is 0: a period of at least four blocks, and a phase within it. */
const is_era = (index) => index === 0 || ((index & 15) > 0 && index >> 4 < 2 << (index & 15));

/** Zeros are a value of each type; before them the index of each variant. */
function* samples({ def, path }) {
  const zeros = new Uint8Array(4096);
  if (!def.isVariant) yield zeros;
  else {
    for (const { index } of def.asVariant.variants) {
      if (path.at(-1)?.toString() !== 'Era' || is_era(index.toNumber())) yield Uint8Array.from([index.toNumber(), ...zeros]);
    }
  }
}

for (const version of [14, 15, 16]) {
  test(`decodes every type and variant of metadata V${version}`, async () => {
    const registry = await types_of(version);
    let decoded = 0;
    for (const { id, type } of registry.lookup.types) {
      const name = registry.createLookupType(id);
      // The index in a MultiAddress<AccountId, ()>, of no size and in the metadata of any Substrate node without the
      // pallet Indices. This client can read it, but neither write nor, where nobody has given one, show it.
      const is_nothing = registry.lookup.getTypeDef(id).type === 'Compact<Null>';
      if (!is_nothing) registry.createType(name).toHuman();
      for (const bytes of samples(type)) {
        const value = registry.createType(name, bytes);
        value.toHuman();
        value.toJSON();
        ++decoded;
        if (is_nothing) continue;
        const again = value.toU8a();
        assert.deepEqual(again, bytes.subarray(0, again.length), `${name} ${type.path.join('::')} ${bytes[0]}`);
      }
    }
    assert.ok(decoded > 200, `${decoded}`);
  });
}

test('calls the runtime', async () => {
  const nonce = await api.call.accountNonceApi.accountNonce(alice.address);
  assert.equal(nonce.toNumber(), (await api.query.system.account(alice.address)).nonce.toNumber());
  const version = await api.call.core.version();
  assert.equal(version.specName.toString(), 'substratee-node');
});

test('finds its way back after the node was restarted', async () => {
  const best = (await api.rpc.chain.getHeader()).number.toNumber();
  const heads = [];
  const stop = await api.rpc.chain.subscribeNewHeads((header) => heads.push(header.number.toNumber()));
  await node.restart();
  await eventually('a connection', () => api.isConnected);
  await eventually('a head behind the restart', () => heads.at(-1) > best + 1);
  stop();
  const { seen } = await send(api.tx.system.remark(u8aToHex(new Uint8Array([1]))), alice);
  assert.equal(seen.at(-1), 'Finalized');
});
