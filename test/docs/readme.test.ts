import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { PARAMETERS } from '../../lambda/contract.ts';
import { CODES } from '../../lambda/core/codes.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { tableUnder } from '../support/table-under.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

const codesIn = (text: string): string[] =>
  [...text.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);

describe('the README', () => {
  test('lists every parameter with its type, and no other', () => {
    const rows = tableUnder(README, 'Configuration').map(([name = '', type = '']) => [
      name.replaceAll('`', ''),
      type.split(',')[0],
    ]);
    expect(rows).toEqual(Object.entries(PARAMETERS).map(([name, { type }]) => [name, type]));
  });

  test('lists every code with its status and challenge, and no other', () => {
    const listed = tableUnder(README, 'What callers get').flatMap(([status, challenge = '', codes = '']) =>
      codesIn(codes).map((code) => [code, Number(status), challenge]),
    );
    const challenges = { none: '`Bearer realm="…"`', undefined: '' } as Record<string, string>;
    const expected = Object.entries(CODES).map(([code, entry]) => {
      const challenge = String('challenge' in entry ? entry.challenge : undefined);
      return [code, entry.status, challenges[challenge] ?? `\`error="${challenge}"\``];
    });
    expect(listed.toSorted()).toEqual(expected.toSorted());
  });

  test('shows a policy that is valid', async () => {
    const policy = README.split('```json\n')[1]?.split('```')[0] ?? '';
    const values = {
      issuer: 'https://i.example',
      audience: 'a',
      'jwks-uri': 'discover',
      upstream: 'whoami',
      revocations: '{}',
    };
    expect(await parseConfig({ ...values, policy }, '1')).toHaveProperty('config');
  });
});
