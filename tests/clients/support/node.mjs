// A substratee-node of one test file: started, restarted on the same port, and gone with the test.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PROGRAMS = process.env.SUBSTRATEE_BIN ?? path.resolve(import.meta.dirname, '../../../build/release/bin');
const PROGRAM = path.join(PROGRAMS, 'substratee-node');
const START_MS = 30_000;
const AUTHORITY_SEED = `0x${'11'.repeat(32)}`;
const ALICE = '5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY';

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Node {
  #folder = mkdtempSync(path.join(tmpdir(), 'substratee-clients-'));
  #process;
  #port = 0;
  #log = '';
  #fee_per_byte;
  url;

  /** A development chain; with `fee_per_byte` a chain of its own, on which only //Alice is rich. */
  constructor({ fee_per_byte } = {}) {
    this.#fee_per_byte = fee_per_byte;
  }

  get #base() {
    return path.join(this.#folder, 'node');
  }

  /** Flags that name the chain. */
  #chain() {
    if (this.#fee_per_byte === undefined) return ['--dev'];
    const run = (input, ...flags) => execFileSync(PROGRAM, flags, { input, encoding: 'utf8' });
    const authority = run(AUTHORITY_SEED, 'key', 'inspect', '--scheme', 'ed25519').match(/SS58 address: (\S+)/)[1];
    const file = path.join(this.#folder, 'chain.json');
    writeFileSync(file, run('', 'build-spec', '--authority', authority, '--endow', `${ALICE}=1000000000000000000`,
                            '--fee-per-byte', String(this.#fee_per_byte)));
    run(AUTHORITY_SEED, 'key', 'insert', '--base-path', this.#base);
    return ['--chain', file];
  }

  /** Returns once it answers. */
  async start(...flags) {
    const ready = path.join(this.#folder, `ready-${Date.now()}`);
    this.#process = spawn(
      PROGRAM,
      [...this.#chain(), '--base-path', this.#base, '--rpc-port', String(this.#port), '--block-time', '500',
       '--ready-file', ready, ...flags],
      { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const pipe of [this.#process.stdout, this.#process.stderr]) pipe.on('data', (text) => { this.#log += text; });
    process.once('exit', () => this.#process.kill('SIGKILL'));
    for (const end = Date.now() + START_MS; Date.now() < end; await sleep(20)) {
      if (this.#process.exitCode !== null) throw new Error(`the node ended: ${this.#log}`);
      try {
        this.url = readFileSync(ready, 'utf8').trim();
        this.#port = Number(new URL(this.url).port);
        return this;
      } catch { /* not yet */ }
    }
    throw new Error(`the node does not answer: ${this.#log}`);
  }

  async stop() {
    if (this.#process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
  }

  /** The same chain on the same port. */
  async restart(...flags) {
    await this.stop();
    await this.start(...flags);
  }

  async remove() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The first true value that `look` gives within some seconds. */
export async function eventually(what, look, seconds = 20) {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(50)) {
    const value = await look();
    if (value) return value;
  }
  throw new Error(`no sign of ${what} within ${seconds} s`);
}
