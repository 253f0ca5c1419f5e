import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { PARAMETERS } from '../../lambda/contract.ts';
import { CODES } from '../../lambda/core/codes.ts';
import { parseConfig } from '../../lambda/core/config/parse.ts';
import { identityHeaders } from '../../lambda/core/http/identity-headers.ts';
import { tableUnder } from '../support/table-under.ts';

const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

describe('the README', () => {
  test('lists every parameter with its type, and no other', () => {
    const rows = tableUnder(README, 'Configuration').map(([name = '', type = '']) => [
      name.replaceAll('`', ''),
      type.split(',')[0],
    ]);
    expect(rows).toEqual(Object.entries(PARAMETERS).map(([name, { type }]) => [name, type]));
  });

  test('fits in 200 lines', () => {
    expect(README.trimEnd().split('\n').length).toBeLessThanOrEqual(200);
  });

  test('lists every status of a rejection, and no other', () => {
    const listed = tableUnder(README, 'What callers get').flatMap(([statuses = '']) =>
      statuses.split(', ').map(Number),
    );
    const statuses = new Set(Object.values(CODES).map(({ status }) => status));
    expect(listed.toSorted()).toEqual([...statuses].toSorted());
  });

  test('lists every identity header that is sent by default, and no other', () => {
    const listed = tableUnder(README, 'What the upstream gets').map(([name = '']) =>
      name.replaceAll('`', ''),
    );
    const route = { headers: [] } as unknown as Parameters<typeof identityHeaders>[1];
    const identity = {
      ...{ provider: 'p', issuer: 'i', subject: 's', clientId: 'c', scopes: ['a'], claims: {} },
    } as unknown as Parameters<typeof identityHeaders>[0];
    const sent = identityHeaders(identity, route);
    expect(listed).toEqual('unforwardable' in sent ? [] : sent.map(([name]) => name));
  });

  test('shows a valid policy', async () => {
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
