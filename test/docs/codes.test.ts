import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CODES, type Code } from '../../lambda/core/codes.ts';
import { EXAMPLE_REQUEST_ID, exampleResponse } from '../../tools/code-accounts/example-response.ts';
import { CODE_ACCOUNTS } from '../../tools/code-accounts.ts';
import { createKey } from '../support/keys.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../support/scripted-upstream.ts';
import { createWorld } from '../support/world.ts';
import { REQUESTS } from './requests-by-code.ts';

const PAGE = readFileSync(new URL('../../docs/codes.md', import.meta.url), 'utf8');
const codes = Object.keys(CODES) as Code[];
const key = createKey('RS256');

let upstream: ScriptedUpstream;
beforeAll(async () => {
  upstream = await startScriptedUpstream();
});
afterAll(() => upstream.close());

describe.each(codes)('%s', (code) => {
  test('has the response of the example, and the log line has the documented reason and members', async () => {
    upstream.reset();
    const world = createWorld(key);
    const request = await REQUESTS[code](world, upstream);
    const headers = { ...request.headers, 'x-amzn-trace-id': `Root=${EXAMPLE_REQUEST_ID}` };
    const { status, headers: fields, body } = await world.call({ ...request, headers });
    const { title } = body as { title: string };
    const lines = Object.entries(fields).flatMap(([name, values]) =>
      values.map((value) => `${name}: ${value}`),
    );
    expect([`HTTP/1.1 ${status} ${title}`, ...lines, '', JSON.stringify(body, null, 2)].join('\n')).toBe(
      exampleResponse(code),
    );

    const { reason, fields: logged } = CODE_ACCOUNTS[code];
    const decision = world.decisions.at(-1);
    const members = Object.keys({ ...decision, ...decision?.request, ms: 0, coldStart: true });
    expect({ reason: addressed(decision?.reason), members }).toEqual({
      reason,
      members: expect.arrayContaining([...logged]),
    });
  });
});

test('the page has an entry for each code and no other, with the code as its heading, so that problemTypes can link to it', () => {
  const headings = [...PAGE.matchAll(/^### (.*)$/gm)].map(([, heading = '']) => heading);
  expect(headings.toSorted()).toEqual(codes.toSorted());
});

/** Replaces the address with an upstream's. */
const addressed = (reason: string | undefined): string | undefined =>
  reason?.replace(/127\.0\.0\.1:\d+$/, '10.0.0.7:443');
