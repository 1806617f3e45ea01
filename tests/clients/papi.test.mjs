// polkadot-api, once with the new specification and once with the legacy methods only.
// It has no function for read proofs: they are asked for through its way out, _request.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { validateProofs } from '@polkadot-api/substrate-bindings';
import { Keyring } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { Binary, createClient } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getWsProvider } from 'polkadot-api/ws';

import { mortal_period } from './support/extrinsic.mjs';
import { LegacyProxy } from './support/legacy_proxy.mjs';
import { Node, eventually } from './support/node.mjs';
import { call, provide_websocket } from './support/rpc.mjs';

provide_websocket();
const UNIT = 1_000_000_000_000n;
const FEE_PER_BYTE = 1000;
const node = new Node();
const proxy = new LegacyProxy();

/** The best block's number. */
const header_of = async (url) => Number((await call(url, 'chain_getHeader')).number);

function signer_of(uri, type) {
  const pair = new Keyring({ type: type.toLowerCase() }).addFromUri(uri);
  return { address: pair.address, sign: getPolkadotSigner(pair.addressRaw, type, (message) => pair.sign(message)) };
}

before(async () => {
  await cryptoWaitReady();
  await node.start();
  await proxy.start(node.url);
});

after(async () => {
  proxy.stop();
  await node.remove();
});

for (const methods of ['modern', 'legacy']) {
  describe(`with the ${methods} methods`, () => {
    let client;
    let api;
    let alice;

    before(() => {
      client = createClient(getWsProvider(methods === 'modern' ? node.url : proxy.url));
      api = client.getUnsafeApi();
      alice = signer_of('//Alice', 'Sr25519');
    });
    after(() => client.destroy());

    test('connects, and knows the chain', async () => {
      const spec = await client.getChainSpecData();
      assert.equal(spec.genesisHash, await call(node.url, 'chain_getBlockHash', 0));
      const block = await client.getFinalizedBlock();
      assert.equal(block.hash, await call(node.url, 'chain_getBlockHash', block.number));
      assert.equal((await api.constants.System.Version()).spec_name, 'substratee-node');
    });

    test('reads values, entries and our own pallet', async () => {
      const account = await api.query.System.Account.getValue(alice.address);
      assert.ok(account.data.free > UNIT);
      const accounts = await api.query.System.Account.getEntries();
      assert.ok(accounts.some(({ keyArgs }) => keyArgs[0] === alice.address));
      assert.ok((await api.query.SubstrateeRegistry.Shards.getEntries()).length >= 1);
      const block = await client.getFinalizedBlock();
      assert.equal(await api.query.System.Number.getValue({ at: block.hash }), block.number);
    });

    test('follows blocks and values', async () => {
      const numbers = [];
      const blocks = client.finalizedBlock$.subscribe((block) => numbers.push(block.number));
      const times = [];
      const values = api.query.Timestamp.Now.watchValue({ at: 'best' }).subscribe(({ value }) => times.push(value));
      await eventually('blocks and values', () => numbers.length >= 3 && times.length >= 2);
      blocks.unsubscribe();
      values.unsubscribe();
      for (let i = 1; i < numbers.length; ++i) assert.equal(numbers[i], numbers[i - 1] + 1);
    });

    test('sends through the best block to finality, with events', async () => {
      const bob = signer_of('//Bob', 'Sr25519');
      const transaction = api.tx.Balances.transfer_keep_alive({ dest: { type: 'Id', value: bob.address }, value: UNIT });
      const seen = [];
      const last = await new Promise((resolve, reject) => {
        transaction.signSubmitAndWatch(alice.sign).subscribe({
          next: (event) => {
            seen.push(event.type === 'txBestBlocksState' ? `best:${event.found}` : event.type);
            if (event.type === 'finalized') resolve(event);
          },
          error: reject,
        });
      });
      assert.ok(last.ok);
      assert.ok(seen.includes('best:true'), seen.join());
      assert.ok(last.events.some((event) => event.type === 'Balances' && event.value.type === 'Transfer'));
    });

    test('understands the errors of pallets', async () => {
      const result = await api.tx.SubstrateeRegistry.call_worker({
        shard: `0x${'11'.repeat(32)}`,
        sealed_call: {
          version: 1, epoch: 0, enc: `0x${'22'.repeat(32)}`, ciphertext: Binary.fromHex(`0x${'33'.repeat(64)}`),
        },
      }).signAndSubmit(alice.sign);
      assert.equal(result.ok, false);
      assert.equal(result.dispatchError.type, 'Module');
      assert.equal(result.dispatchError.value.type, 'SubstrateeRegistry');
    });

    test('signs with every kind of key, mortal and immortal', async () => {
      for (const type of ['Sr25519', 'Ed25519', 'Ecdsa']) {
        const signer = signer_of(`//papi-${methods}-${type}`, type);
        const fund = api.tx.Balances.transfer_keep_alive({ dest: { type: 'Id', value: signer.address }, value: 10n * UNIT });
        assert.ok((await fund.signAndSubmit(alice.sign)).ok);
        const remark = api.tx.System.remark({ remark: Binary.fromText('x'.repeat(300)) });
        for (const period of [64, 8, null]) {
          const mortality = period ? { mortal: true, period } : { mortal: false };
          const { ok, block } = await remark.signAndSubmit(signer.sign, { mortality });
          assert.ok(ok, type);
          assert.equal(mortal_period((await client.getBlockBody(block.hash))[block.index]), period, type);
        }
      }
    });

    test('batches', async () => {
      const calls = ['a', 'b'].map((text) => api.tx.System.remark_with_event({ remark: Binary.fromText(text) }).decodedCall);
      const batch = api.tx.Utility.batch_all({ calls });
      const result = await batch.signAndSubmit(alice.sign);
      assert.ok(result.ok);
      assert.equal(result.events.filter((event) => event.value.type === 'Remarked').length, 2);
    });

    test('a read proof has the root that the header names', async () => {
      const { hash } = await client.getFinalizedBlock();
      const keys = [await api.query.System.Account.getKey(alice.address), await api.query.Timestamp.Now.getKey(), '0x00'];
      const { at, proof } = await client._request('state_getReadProof', [keys, hash]);
      assert.equal(at, hash);
      assert.equal(validateProofs(proof)?.rootHash, (await client.getBlockHeader(hash)).stateRoot);
    });

    test('finds its way back after the node was restarted', async () => {
      const numbers = [];
      const blocks = client.finalizedBlock$.subscribe({ next: ({ number }) => numbers.push(number), error: () => {} });
      await eventually('a block', () => numbers.length > 0);
      await node.restart();
      const behind = (await header_of(node.url)) + 2;
      await eventually('a block behind the restart', () => numbers.at(-1) > behind);
      blocks.unsubscribe();
      const remark = api.tx.System.remark({ remark: Binary.fromText('again') });
      assert.ok((await remark.signAndSubmit(alice.sign)).ok);
    });

    test('took the methods that it was meant to take', () => {
      if (methods === 'modern') return;
      assert.ok(proxy.calls.has('chain_subscribeFinalizedHeads') || proxy.calls.has('chain_subscribeAllHeads'));
      assert.ok(proxy.calls.has('author_submitExtrinsic') || proxy.calls.has('author_submitAndWatchExtrinsic'));
    });
  });
}

test('knows the fee before: it is the one that is taken', async () => {
  const paid = await new Node({ fee_per_byte: FEE_PER_BYTE }).start();
  const client = createClient(getWsProvider(paid.url));
  try {
    const api = client.getUnsafeApi();
    const alice = signer_of('//Alice', 'Sr25519');
    const bob = signer_of('//Bob', 'Sr25519');
    const free = async () => (await api.query.System.Account.getValue(alice.address)).data.free;
    const before_all = await free();
    const transfer = api.tx.Balances.transfer_keep_alive({ dest: { type: 'Id', value: bob.address }, value: UNIT });
    const fee = await transfer.getEstimatedFees(alice.address);
    const { ok, block } = await transfer.signAndSubmit(alice.sign);
    assert.ok(ok);
    assert.equal(before_all - UNIT - (await free()), fee);
    assert.equal(Number(fee), FEE_PER_BYTE * (await client.getBlockBody(block.hash))[block.index].length);
  } finally {
    client.destroy();
    await paid.remove();
  }
});
