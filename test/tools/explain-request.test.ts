import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CODES, type Code } from '../../lambda/core/codes.ts';
import { parseFilterPattern } from '../../local/logs/filter-pattern.ts';
import { ofRequests } from '../../tools/explain/explain-request.ts';
import { patternFor } from '../../tools/explain/logged-request.ts';
import { renderLogged, renderLoggedJson } from '../../tools/explain/render-logged.ts';
import { templateOf } from '../infra/synth.ts';
import {
  bugLine,
  decisionLine,
  GROUP,
  ID,
  lineOf,
  metricLine,
  reportOn,
} from './explain-request-examples.ts';

const rendered = (...args: Parameters<typeof reportOn>) => renderLogged(reportOn(...args), 'UTC');

describe('a decision is shown with', () => {
  test('everything in its line, what the code means and what to do', () => {
    const text = rendered([decisionLine()]);
    for (const part of [
      'Verdict   401 token_expired: The token has expired',
      'Reason    expired 180 s ago',
      'Request   POST /api/orders/1',
      'Route     /api/orders/*',
      'Provider  default, key key-2026',
      'Config    3.1.1.2.7.1',
      'Took      2 ms',
      'Caller    what helps: a new token',
      'More      docs/codes.md#token_expired',
      `Searched  ${GROUP}, eu-central-1`,
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/^ {2}requestId {6}"1-6ab13b44-abcdef012345678912345678"$/m);
  });
  test.each(Object.keys(CODES) as Code[])('what %s means', (code) => {
    const { status, detail } = CODES[code];
    const text = rendered([decisionLine({ code, status })]);
    expect(text).toContain(`Verdict   ${status} ${code}: ${detail}`);
    expect(text).toMatch(/^To do {5}\S/m);
  });
  test('the code that a report-only route did not return', () => {
    const text = rendered([decisionLine({ code: 'allowed', status: 200, reported: 'scope_missing' })]);
    expect(text).toContain('Verdict   let through with status 200');
    expect(text).toContain('Reported  scope_missing');
    expect(text).toContain('docs/codes.md#scope_missing');
  });
  test('how the upstream responded and how long it took', () => {
    const outcome = { code: 'allowed', status: 200, upstreamMs: 17, upstreamStatus: 200 } as const;
    expect(rendered([decisionLine(outcome)])).toContain(
      'Took      2 ms, 17 ms of that at the upstream, which responded with 200',
    );
  });
  test('the bug behind it', () => {
    const text = rendered([bugLine(), decisionLine({ code: 'internal_error', status: 500 })]);
    expect(text).toContain('Further lines of this request');
    expect(text).toContain('internal error');
    expect(text).toContain('x is not a function');
    expect(text).not.toContain('Other lines');
  });
  test('a code of another version', () => {
    expect(rendered([decisionLine({ code: 'teapot' as Code, status: 418 as never })])).toContain(
      'Verdict   418 teapot\n',
    );
  });
});

describe('where an ID has been used more than once', () => {
  const FORGER = { requestId: ID, invocationId: '00000000-0000-0000-0000-000000000000', path: '/forged' };
  test('shows all decisions in order, each with its own further lines', () => {
    const report = reportOn([decisionLine({}, FORGER), bugLine(), decisionLine()]);
    expect(report.decisions.map(({ line, further }) => [line.members?.path, further.length])).toEqual([
      ['/forged', 0],
      ['/api/orders/1', 1],
    ]);
    const text = renderLogged(report, 'UTC');
    expect(text).toContain('2 decisions have this id; all of them follow.');
    expect(text.match(/^Decision /gm)).toHaveLength(2);
  });
  test('says if a decision has it only in its trace header', () => {
    const other = '1-6ab13b44-000000000000000000000000';
    const text = rendered([decisionLine({}, { requestId: other, traceId: `Self=${other};Root=${ID}` })]);
    expect(text).toContain(`its own id is ${other}`);
  });
  test('says if there are more than could be read', () => {
    expect(rendered([decisionLine()], ID, false)).toContain(
      'There are more lines with this id than could be read',
    );
  });
});

describe('where nothing is found', () => {
  test('says where it looked, and other possible reasons', () => {
    const text = rendered([]);
    expect(text).toContain('from 2026-09-20 14:13:20 UTC to 2026-09-21 14:13:20 UTC');
    for (const part of [
      'allowedLogRate',
      'load balancer',
      'region',
      '--log-group',
      'Task timed out',
      'try again',
    ]) {
      expect(text).toContain(part);
    }
  });
  test('says when the ID was made, if that is outside the searched time', () => {
    expect(rendered([], '1-67891233-abcdef012345678912345678')).toContain(
      'by its id from 2025-01-16 14:05:39 UTC',
    );
    expect(rendered([], ID)).toContain('the request is older than that; see --since');
  });
  test('still shows other lines with the ID', () => {
    const text = rendered([bugLine(), { ...lineOf({}), text: `START RequestId: ${ID}` }]);
    expect(text).toContain('No decision was found.');
    expect(text).toContain('Other lines with this id');
    expect(text).toContain(`START RequestId: ${ID}`);
  });
});

describe('the filter pattern', () => {
  test('matches the lines of a request under any name, and no others', () => {
    const matches = parseFilterPattern(patternFor(ID));
    for (const line of [
      decisionLine(),
      bugLine(),
      decisionLine({}, { requestId: 'x', traceId: `Root=${ID};x` }),
    ]) {
      expect(matches?.(line.text)).toBe(true);
    }
    for (const line of [metricLine(), decisionLine({}, { requestId: 'x', traceId: 'x' })]) {
      expect(matches?.(line.text)).toBe(false);
    }
    for (const name of ['requestId', 'extendedRequestId', 'invocationId']) {
      const id = 'JKJaXmPLvHcESHA=';
      expect(parseFilterPattern(patternFor(id))?.(JSON.stringify({ [name]: id }))).toBe(true);
    }
  });
});

test('no text in a line is obeyed by a terminal, or adds a line to the output', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 20 }),
    fc.constantFrom('\u001b[2J', '\r', '\n', '\u202e', '\u0007', '\u009b', '\nVerdict   let through'),
  );
  const value = fc.oneof(hostile, fc.jsonValue());
  const names = [
    'message',
    'code',
    'status',
    'reason',
    'method',
    'path',
    'route',
    'provider',
    'kid',
    'ms',
    'reported',
  ];
  const fields = fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
  fc.assert(
    fc.property(fields, fc.dictionary(hostile, value), hostile, (known, more, raw) => {
      const lines = [decisionLine({}, { ...more, ...known }), { ...lineOf({}), text: raw }];
      const report = reportOn(lines);
      for (const text of [renderLogged(report, 'UTC'), renderLoggedJson(report)]) {
        expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }
      expect(JSON.parse(renderLoggedJson(report))).toMatchObject({ requestId: ID });
      expect(renderLogged(report, 'UTC')).not.toMatch(/^Verdict {3}let through$/m);
    }),
  );
});

test('JSON has the lines as they are', () => {
  const { decisions } = JSON.parse(renderLoggedJson(reportOn([decisionLine(), bugLine()])));
  expect(decisions).toMatchObject([
    {
      group: GROUP,
      at: '2026-09-21T14:12:20.000Z',
      knownAs: ['requestId', 'traceId'],
      meaning: { code: 'token_expired', docs: 'docs/codes.md#token_expired' },
      line: JSON.parse(decisionLine().text),
      further: [{ line: { message: 'internal error' } }],
    },
  ]);
});

test('the log groups of a stack are those of its functions that decide', () => {
  const groups = Object.keys(
    templateOf({ authorizer: 'true', demoApi: 'http' }).findResources('AWS::Logs::LogGroup'),
  );
  const named = groups.map((id) => `Orders-${id}-k3Xw0tQ7Zr1P`);
  const others = named.map((name) => name.replace('Orders-', 'Orders-staging-'));
  expect(groups.length).toBe(4);
  expect(ofRequests('Orders', [...named, ...others]).sort()).toEqual([
    expect.stringContaining('Orders-AuthorizerFunctionLogGroup'),
    expect.stringContaining('Orders-VerifierFunctionLogGroup'),
  ]);
});
