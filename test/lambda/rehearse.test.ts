import { expect, jest, test } from '@jest/globals';
import { rehearse } from '../../lambda/rehearse.ts';

test('a rehearsal goes as far as the signature, which no key has made', async () => {
  expect(await rehearse(async () => {})).toMatchObject({ kind: 'reject', code: 'signature_invalid' });
});

test('a rehearsal lets the network go on between its steps', async () => {
  const turn = jest.fn(async () => {});
  await rehearse(turn);
  expect(turn.mock.calls.length).toBeGreaterThan(2);
});
