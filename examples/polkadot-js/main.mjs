// Adds to a counter that lives in enclaves, and reads it: everything in between is sealed.
//
//   node main.mjs [ws://127.0.0.1:9944] [//Alice] [42]

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';

import { Shard, ask_nonce, counter } from './sealed.mjs';

const [url = 'ws://127.0.0.1:9944', uri = '//Alice', by = '42'] = process.argv.slice(2);
const VALID_BLOCKS = 20;
const PATIENCE_MS = 60_000;

/** The shard, from the registry on the chain. */
async function find_shard(api, stf) {
  for (const [key, entry] of await api.query.substrateeRegistry.shards.entries()) {
    const shard = entry.unwrap();
    if (shard.charter.stf.toString() !== stf || shard.shieldingKey.isNone) continue;
    return new Shard({ genesis: api.genesisHash.toU8a(), id: key.args[0].toU8a(), epoch: shard.epoch.toNumber(),
                       key: shard.shieldingKey.unwrap().toU8a() });
  }
  throw new Error(`no founded shard runs "${stf}"; start a worker`);
}

/** An Active member of the shard: its account and where it answers. */
async function find_worker(api, shard) {
  for (const [key, entry] of await api.query.substrateeRegistry.members.entries(shard.id)) {
    if (!entry.unwrap().status.isActive) continue;
    const account = key.args[1];
    const index = (await api.query.substrateeRegistry.enclaveIndex(account)).unwrap();
    const enclave = (await api.query.substrateeRegistry.enclaveRegistry(index)).unwrap();
    return { account, url: enclave.workerUrl.toString() };
  }
  throw new Error('no worker of the shard is active');
}

async function post(worker_url, method, ...params) {
  const answer = await fetch(worker_url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const { result, error } = await answer.json();
  if (error) throw Object.assign(new Error(error.message), { reason: error.data?.reason });
  return result;
}

/** One sealed query; while the worker has not come as far as we have, again. */
async function ask(api, shard, worker, pair, query) {
  const block_hash = await api.rpc.chain.getFinalizedHead();
  const block_number = (await api.rpc.chain.getHeader(block_hash)).number.toNumber();
  const at = { block_number, block_hash: block_hash.toU8a(), mode: 'latest' };
  for (const end = Date.now() + PATIENCE_MS; ; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const sealed = shard.seal_query(pair, query, at);
    try {
      const { answer } = await post(worker.url, 'state_executeGetter', `0x${sealed.wire.toString('hex')}`);
      const opened = sealed.open(Buffer.from(answer.slice(2), 'hex'));
      if (!worker.account.eq(opened.enclave)) throw new Error('another enclave has answered');
      if (opened.status !== 'answered') throw new Error(`the enclave says: ${opened.status}`);
      return opened.value;
    } catch (error) {
      if (error.reason !== 'behind' || Date.now() > end) throw error;
    }
  }
}

/** Until the extrinsic is final. */
function send(transaction, pair) {
  return new Promise((resolve, reject) => {
    transaction.signAndSend(pair, ({ status, dispatchError }) => {
      if (dispatchError) reject(new Error(dispatchError.toString()));
      if (status.isInBlock) console.log(`in block ${status.asInBlock}`);
      if (status.isFinalized) resolve(status.asFinalized);
    }).catch(reject);
  });
}

await cryptoWaitReady();
const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true });
const pair = new Keyring({ type: 'sr25519' }).addFromUri(uri);
const shard = await find_shard(api, 'counter');
const worker = await find_worker(api, shard);
console.log(`shard 0x${shard.id.toString('hex')}, worker ${worker.url}`);

const read = async () => (await ask(api, shard, worker, pair, counter.read())).readBigUInt64LE();
const old_value = await read();
console.log(`counter ${old_value}`);

const nonce = (await ask(api, shard, worker, pair, ask_nonce())).readUInt32LE();
const best = (await api.rpc.chain.getHeader()).number.toNumber();
const sealed = shard.seal_call(pair, counter.increment(by), { nonce, valid_until: best + VALID_BLOCKS });
await send(api.tx.substrateeRegistry.callWorker(`0x${shard.id.toString('hex')}`, {
  ...sealed, enc: `0x${sealed.enc.toString('hex')}`, ciphertext: `0x${sealed.ciphertext.toString('hex')}`,
}), pair);

const new_value = await read();
console.log(`counter ${new_value}`);
await api.disconnect();
if (new_value !== old_value + BigInt(by)) throw new Error(`expected ${old_value + BigInt(by)}`);
