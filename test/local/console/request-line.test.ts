import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decisionIn, type LoggedDecision } from '../../../local/console/function-line.ts';
import { type PrintedRequest, requestLine } from '../../../local/console/request-line.ts';
import { createStyle } from '../../../local/console/style.ts';

const PLAIN = createStyle(false);
const DECISION: LoggedDecision = {
  invocationId: 'i',
  requestId: 'r',
  code: 'allowed',
  reason: undefined,
  reported: undefined,
  provider: 'default',
  route: undefined,
  coldStart: false,
};

const printedRequest = (
  request: Partial<PrintedRequest['request']> = {},
  decision?: Partial<LoggedDecision>,
): PrintedRequest => ({
  part: 'alb',
  request: { method: 'GET', path: '/api/x', status: 200, ms: 1.6, invocationId: 'i', ...request },
  decision: decision && { ...DECISION, ...decision },
});

describe('the line of a request says', () => {
  test.each<[string, PrintedRequest, string]>([
    [
      'why it was rejected',
      printedRequest({ status: 401 }, { code: 'audience_mismatch', reason: '"aud" is x, "y" is required' }),
      '401  GET /api/x  audience_mismatch  "aud" is x, "y" is required  2 ms',
    ],
    ['whose token let it through', printedRequest({}, {}), '200  GET /api/x  provider default  2 ms'],
    [
      'which route let it through',
      printedRequest({}, { route: '/api/*' }),
      '200  GET /api/x  provider default  route /api/*  2 ms',
    ],
    [
      'which MCP message took it',
      printedRequest({ method: 'POST', status: 403 }, { code: 'scope_missing', mcp: 'tools/call search' }),
      '403  POST /api/x tools/call search  scope_missing  2 ms',
    ],
    [
      'that the function has responded to it, and with what',
      printedRequest({}, { provider: undefined, route: '/x', reason: 'protected resource metadata' }),
      '200  GET /api/x  protected resource metadata  2 ms',
    ],
    [
      'that it was anonymous',
      printedRequest({}, { provider: undefined }),
      '200  GET /api/x  anonymous  2 ms',
    ],
    [
      'what a report-only route would have rejected',
      printedRequest({}, { reported: 'token_expired', reason: 'for 5 s' }),
      '200  GET /api/x  let through, report-only: token_expired  for 5 s  2 ms',
    ],
    [
      'that it was a cold start',
      printedRequest({}, { coldStart: true }),
      '200  GET /api/x  provider default  2 ms, cold start',
    ],
    [
      'that the load balancer responded without the function',
      printedRequest({ status: 404, invocationId: undefined }),
      '404  GET /api/x  the function was not called  2 ms',
    ],
    [
      'that the function has crashed',
      printedRequest({ status: 502, failure: 'the process exited with code 1' }),
      '502  GET /api/x  the process exited with code 1  2 ms',
    ],
    [
      'that there is no decision',
      printedRequest({}),
      '200  GET /api/x  the function logged no decision  2 ms',
    ],
    [
      'that it went to the API',
      { ...printedRequest({ status: 401 }, { code: 'token_missing', reason: 'none' }), part: 'api' },
      '401  GET /api/x at the API  token_missing  none  2 ms',
    ],
  ])('%s', (_, request, line) => {
    expect(requestLine(request, PLAIN)).toBe(line);
  });
});

test('shows an MCP message as far as the function logged it', () => {
  const line = { message: 'decision', invocationId: 'i', code: 'allowed' };
  const mcpOf = (members: object) => decisionIn({ ...line, ...members })?.mcp;
  expect(mcpOf({ mcpMethod: 'tools/call', mcpName: 'search' })).toBe('tools/call search');
  expect(mcpOf({ mcpMethod: 'tools/list' })).toBe('tools/list');
  expect(mcpOf({ mcpName: 5 })).toBeUndefined();
});

test('shows a failure rather than a decision logged before it', () => {
  const line = requestLine(printedRequest({ status: 502, failure: 'timed out after 30 s' }, {}), PLAIN);
  expect(line).toContain('timed out after 30 s');
});

/** Texts with anything that a terminal would obey or reorder, or that would break a line. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: fc.constantFrom('\u001b[2J', '\u001b]0;x\u0007', '\r', '\n', '\u009b', '\u202e', '\u2028', '\ud800', '\0', 'a') }), // biome-ignore format: one line
);

/** The characters that a line may have besides its own colours. */
const ONE_PRINTABLE_LINE = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]*$/u;

test('is one short, printable line, whatever a client, a function or a policy wrote', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('alb' as const, 'api' as const),
      fc.record({
        method: hostile,
        path: hostile,
        status: fc.integer({ min: 200, max: 599 }),
        ms: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
        invocationId: fc.option(hostile, { nil: undefined }),
        failure: fc.option(hostile, { nil: undefined }),
      }),
      fc.option(
        fc.record({
          invocationId: hostile,
          requestId: fc.option(hostile, { nil: undefined }),
          code: fc.oneof(hostile, fc.constant('allowed')),
          reason: fc.option(hostile, { nil: undefined }),
          reported: fc.option(hostile, { nil: undefined }),
          provider: fc.option(hostile, { nil: undefined }),
          route: fc.option(hostile, { nil: undefined }),
          coldStart: fc.boolean(),
        }),
        { nil: undefined },
      ),
      (part, request, decision) => {
        const line = requestLine({ part, request, decision }, PLAIN);
        expect(line).toMatch(ONE_PRINTABLE_LINE);
        expect(line.length).toBeLessThan(10_000);
        const colored = requestLine({ part, request, decision }, createStyle(true));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
        expect(colored.replaceAll(/\u001b\[\d+m/g, '')).toBe(line);
      },
    ),
  );
});
