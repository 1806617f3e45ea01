// dedot, once with the new specification and once with the legacy methods.
// It takes the nonce from the state, or as it is given: it has no −1, so system_accountNextIndex is asked by name.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { validateProofs } from '@polkadot-api/substrate-bindings';
import { Keyring } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { DedotClient, WsProvider } from 'dedot';

import { mortal_period } from './support/extrinsic.mjs';
import { Node, eventually } from './support/node.mjs';
import { provide_websocket } from './support/rpc.mjs';

provide_websocket();
const UNIT = 1_000_000_000_000n;
const FEE_PER_BYTE = 1000;
const node = new Node();

before(async () => {
  await cryptoWaitReady();
  await node.start();
});
after(() => node.remove());

for (const version of ['v2', 'legacy']) {
  describe(`with the methods ${version}`, () => {
    let client;
    let alice;
    let bob;

    before(async () => {
      const keyring = new Keyring({ type: 'sr25519' });
      alice = keyring.addFromUri('//Alice');
      bob = keyring.addFromUri('//Bob');
      client = await DedotClient.new({ provider: new WsProvider(node.url), rpcVersion: version });
    });
    after(() => client?.disconnect());

    test('connects, and knows the chain', async () => {
      assert.equal(client.rpcVersion, version);
      assert.equal(client.consts.system.version.specName, 'substratee-node');
      assert.ok(client.metadata.latest.pallets.some((pallet) => pallet.name === 'SubstrateeRegistry'));
    });

    test('reads values, entries and our own pallet', async () => {
      const account = await client.query.system.account(alice.address);
      assert.ok(account.data.free > UNIT);
      assert.ok((await client.query.system.account.entries()).length >= 1);
      assert.ok((await client.query.substrateeRegistry.shards.entries()).length >= 1);
      assert.equal(await client.call.accountNonceApi.accountNonce(alice.address), account.nonce);
    });

    test('follows values', async () => {
      const times = [];
      const stop = await client.query.timestamp.now((now) => times.push(now));
      await eventually('three values', () => times.length >= 3);
      await stop();
    });

    test('sends through the best block to finality, with events', async () => {
      const seen = [];
      const last = await new Promise((resolve, reject) => {
        client.tx.balances.transferKeepAlive(bob.address, UNIT).signAndSend(alice, (result) => {
          seen.push(result.status.type);
          if (result.status.type === 'Finalized') resolve(result);
          if (['Invalid', 'Drop'].includes(result.status.type)) reject(new Error(result.status.type));
        }).catch(reject);
      });
      assert.ok(seen.includes('BestChainBlockIncluded'), seen.join());
      assert.ok(last.events.some(({ event }) => event.pallet === 'Balances'));
      assert.equal(last.dispatchError, undefined);
    });

    test('understands the errors of our own pallet', async () => {
      const call = client.tx.substrateeRegistry.callWorker(
        `0x${'11'.repeat(32)}`, { version: 1, epoch: 0, enc: `0x${'22'.repeat(32)}`, ciphertext: `0x${'33'.repeat(64)}` });
      const result = await call.signAndSend(alice).untilFinalized();
      assert.equal(client.registry.findErrorMeta(result.dispatchError)?.pallet, 'SubstrateeRegistry');
    });

    test('batches', async () => {
      const calls = ['0x01', '0x02'].map((remark) => client.tx.system.remarkWithEvent(remark).call);
      const { events } = await client.tx.utility.batchAll(calls).signAndSend(alice).untilFinalized();
      assert.equal(events.filter(({ event }) => event.palletEvent.name === 'Remarked').length, 2);
    });

    test('signs mortal and immortal, with every kind of key', async () => {
      for (const type of ['sr25519', 'ed25519', 'ecdsa']) {
        const signer = new Keyring({ type }).addFromUri(`//dedot-${version}-${type}`);
        const fund = await client.tx.balances.transferKeepAlive(signer.address, 10n * UNIT).signAndSend(alice).untilFinalized();
        assert.equal(fund.dispatchError, undefined);
        for (const period of [64, 8, null]) {
          const mortality = period ? { type: 'Mortal', period } : { type: 'Immortal' };
          const remark = client.tx.system.remark(`0x${'ab'.repeat(300)}`);  // a payload that is hashed before it is signed
          const { status, dispatchError, txIndex } = await remark.signAndSend(signer, { mortality }).untilFinalized();
          assert.equal(dispatchError, undefined, type);
          const body = await client.block.body(status.value.blockHash);
          assert.equal(mortal_period(body[txIndex]), period, type);
        }
      }
    });

    test('sends with the nonces that it is given', async () => {
      const first = await client.rpc.system_accountNextIndex(alice.address);
      const sent = [0, 1].map((i) => client.tx.system.remark('0x00').signAndSend(alice, { nonce: first + i }).untilFinalized());
      for (const { dispatchError } of await Promise.all(sent)) assert.equal(dispatchError, undefined);
      assert.equal(await client.rpc.system_accountNextIndex(alice.address), first + 2);
      await assert.rejects(client.tx.system.remark('0x00').signAndSend(alice, { nonce: first }), /Stale|1010/);
    });

    test('a read proof has the root that the header names', async () => {
      const { hash } = await client.block.finalized();
      const keys = [client.query.system.account.rawKey(alice.address), client.query.timestamp.now.rawKey(), '0x00'];
      const { at, proof } = await client.rpc.state_getReadProof(keys, hash);
      assert.equal(at, hash);
      assert.equal(validateProofs(proof)?.rootHash, (await client.block.header(hash)).stateRoot);
    });

    test('decodes every type and variant of the metadata', () => {
      let decoded = 0;
      for (const { id, path, typeDef } of client.metadata.latest.types) {
        const zeros = new Uint8Array(4096);
        const variants = typeDef.type === 'Enum' && path.at(-1) !== 'Era' ? typeDef.value.members : [];
        const samples = variants.length > 0 ? variants.map(({ index }) => Uint8Array.from([index, ...zeros])) : [zeros];
        for (const bytes of samples) {
          const codec = client.registry.findCodec(id);
          const again = codec.tryEncode(codec.tryDecode(bytes));
          assert.deepEqual(again, bytes.subarray(0, again.length), `${id} ${path.join('::')} ${bytes[0]}`);
          ++decoded;
        }
      }
      assert.ok(decoded > 200, `${decoded}`);
    });
  });
}

test('knows the fee before: it is the one that is taken', async () => {
  const paid = await new Node({ fee_per_byte: FEE_PER_BYTE }).start();
  const client = await DedotClient.new({ provider: new WsProvider(paid.url), rpcVersion: 'v2' });
  try {
    const keyring = new Keyring({ type: 'sr25519' });
    const alice = keyring.addFromUri('//Alice');
    const free = async () => (await client.query.system.account(alice.address)).data.free;
    const before_all = await free();
    const transfer = () => client.tx.balances.transferKeepAlive(keyring.addFromUri('//Bob').address, UNIT);
    const { partialFee } = await transfer().paymentInfo(alice.address);
    const { status, txIndex } = await transfer().signAndSend(alice).untilFinalized();
    assert.equal(before_all - UNIT - (await free()), partialFee);
    const body = await client.block.body(status.value.blockHash);
    assert.equal(Number(partialFee), FEE_PER_BYTE * (body[txIndex].length / 2 - 1));
  } finally {
    await client.disconnect();
    await paid.remove();
  }
});

test('finds its way back after the node was restarted', async () => {
  const client = await DedotClient.new({ provider: new WsProvider(node.url), rpcVersion: 'v2' });
  const before_restart = (await client.block.best()).number;
  await node.restart();
  await eventually('a block behind the restart', async () => {
    try {
      return (await client.block.best()).number > before_restart + 2;
    } catch {
      return false;
    }
  });
  await client.disconnect();
});
