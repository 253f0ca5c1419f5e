import { beforeAll, describe, expect, test } from '@jest/globals';
import { createDifferential, type Differential } from '../../fuzz/differential.ts';
import { STRICTER_RULES } from '../../fuzz/stricter-rules.ts';

const SEED = 20_251_122;
const RUNS = 5_000;

let differential: Differential;
let disagreement: string | undefined;
beforeAll(async () => {
  differential = await createDifferential();
  disagreement = await differential.run(SEED, RUNS);
});

test("the verdicts on generated and mutated tokens are jose's, or stricter by a named rule", () => {
  expect(disagreement).toBeUndefined();
  expect(differential.tally.runs).toBe(RUNS);
});

test('enough tokens are accepted, and rejected for enough reasons, for the agreement to mean something', () => {
  const { accepted, rejected } = differential.tally;
  expect(accepted).toBeGreaterThan(RUNS / 50);
  expect([...rejected.keys()].sort()).toEqual(
    expect.arrayContaining([
      'algorithm_not_allowed',
      'audience_mismatch',
      'claim_malformed',
      'claim_missing',
      'header_unsupported',
      'issuer_mismatch',
      'key_unknown',
      'signature_invalid',
      'token_expired',
      'token_malformed',
      'token_not_yet_valid',
    ]),
  );
});

describe('stricter than jose', () => {
  test.each(STRICTER_RULES.map(({ name }) => name))('%s', (name) => {
    expect(differential.tally.stricter.get(name)).toBeGreaterThan(0);
  });
});
