import { expect, jest, test } from '@jest/globals';
import { rehearse } from '../../lambda/rehearse.ts';

test('a rehearsal gets as far as the signature, which no key made', async () => {
  expect(await rehearse(async () => {})).toMatchObject({ kind: 'reject', code: 'signature_invalid' });
});

test('a rehearsal lets the network proceed between its steps', async () => {
  const turn = jest.fn(async () => {});
  await rehearse(turn);
  expect(turn.mock.calls.length).toBeGreaterThan(2);
});
