// dedot, once with the new specification and once with the legacy methods.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Keyring } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { DedotClient, WsProvider } from 'dedot';

import { Node, eventually } from './support/node.mjs';
import { provide_websocket } from './support/rpc.mjs';

provide_websocket();
const UNIT = 1_000_000_000_000n;
const node = new Node();

before(async () => {
const FEE_PER_BYTE = 1000;
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

    test('knows the fee before', async () => {
      const info = await client.tx.system.remark('0x00').paymentInfo(alice.address);
      assert.ok(info.partialFee >= 0n);
    });
  });
}

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

