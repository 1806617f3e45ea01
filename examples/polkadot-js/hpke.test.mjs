// The example's HPKE against the vector of RFC 9180: node --test

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { key_pair, seal } from './hpke.mjs';

const vector = JSON.parse(readFileSync(new URL('../../tests/vectors/rfc/hpke.json', import.meta.url), 'utf8'));
const bytes = (name) => Buffer.from(vector[name], 'hex');

test('seals as RFC 9180 does', () => {
  const sealed = seal(bytes('pk_r'), bytes('info'), bytes('aad'), bytes('plaintext'), key_pair(bytes('sk_e')));
  assert.equal(sealed.enc.toString('hex'), vector.enc);
  assert.equal(sealed.ciphertext.toString('hex'), vector.ciphertext);
  const { context, value } = vector.exports.at(-1);
  const label = Buffer.from(context, 'hex').toString('utf8');
  assert.equal(sealed.export_secret(label, value.length / 2).toString('hex'), value);
});
