import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FUNCTION_OPTIONS } from '../../infra/options/groups/function.ts';
import { MAX_ALB_RESPONSE_BYTES } from '../../lambda/events/alb.ts';
import { queryOf } from '../../lambda/events/lists.ts';
import { LAMBDA_BODY_LIMIT } from '../../local/load-balancer/alb-response.ts';
import { queryPairs } from '../../local/load-balancer/query-string.ts';
import { startScriptedUpstream } from '../support/scripted-upstream.ts';
import { mint } from '../support/tokens.ts';
import { createWorld } from '../support/world.ts';

const PAGE = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8');

/** A query after its way through the load balancer's event, which is JSON. */
function throughEvent(query: string): string {
  const lists: Record<string, string[]> = Object.create(null);
  for (const [name, value] of queryPairs(query)) lists[name] = [...(lists[name] ?? []), value];
  return queryOf(JSON.parse(JSON.stringify(lists)), undefined);
}

describe('the page of limits', () => {
  const rows = [...PAGE.matchAll(/^\| `\?(.*?)` \| `\?(.*?)` \|/gm)].map(([, sent = '', arrives = '']) => [
    sent,
    arrives,
  ]);
  test('has examples of queries', () => expect(rows).toHaveLength(4));
  test.each(rows)('says how the query %s arrives', (sent = '', arrives = '') => {
    expect(throughEvent(sent)).toBe(arrives);
  });

  test('names everything that a query loses: names keep their values, in order', () => {
    const grouped = (query: string) => {
      const values = new Map<string, string[]>();
      for (const [name, value] of queryPairs(query)) values.set(name, [...(values.get(name) ?? []), value]);
      return [...values].sort(([a], [b]) => (a < b ? -1 : 1));
    };
    const text = fc.string({ unit: fc.constantFrom(...'ab01&&==%2B+?'), maxLength: 30 });
    fc.assert(
      fc.property(text, (query) => expect(grouped(throughEvent(query))).toEqual(grouped(query))),
      { numRuns: 1000 },
    );
  });

  test('says what the response to a HEAD has: every header field of the upstream except Content-Length, and no body', async () => {
    const upstream = await startScriptedUpstream();
    try {
      upstream.say('HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "a"\r\nAccept-Ranges: bytes\r\n\r\n');
      const world = createWorld();
      world.parameters.upstream = upstream.url.origin;
      const { raw } = await world.present(mint(world.key), { method: 'HEAD' });
      expect(raw).toMatchObject({
        statusCode: 200,
        body: '',
        multiValueHeaders: { etag: ['"a"'], 'accept-ranges': ['bytes'] },
      });
      expect(Object.keys(raw.multiValueHeaders ?? {})).not.toContain('content-length');
    } finally {
      await upstream.close();
    }
  });

  test('states the time limit of the option', () => {
    const { default: seconds, parse } = FUNCTION_OPTIONS.timeoutSeconds;
    expect(PAGE).toContain(`\`timeoutSeconds\`: ${seconds}, or 3 to 900 |`);
    expect(['2', '3', '900', '901'].map((value) => 'value' in parse(value))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  test('states the limit on bodies of the function and the local load balancer', () => {
    expect([MAX_ALB_RESPONSE_BYTES, LAMBDA_BODY_LIMIT]).toEqual([2 ** 20, 2 ** 20]);
    expect(PAGE).toContain(`about ${((2 ** 20 / 4) * 3) / 1024} KB`);
  });
});
