import { describe, expect, test } from '@jest/globals';
import { render } from '../../tools/explain/render.ts';
import { posted, rpc } from '../support/mcp.ts';
import { claimsOf, mint } from '../support/tokens.ts';
import { ask, askPaste, KEYS, type Question } from './explain-world.ts';

const POLICY = {
  unmatched: 'deny',
  routes: [
    { path: '/mcp', mcp: { method: 'tools/call', name: 'delete_*' }, scopes: ['admin'] },
    { path: '/mcp', mcp: { method: 'tools/*' } },
    { path: '/mcp', methods: ['DELETE'] },
  ],
};
const token = mint(KEYS.issuer, claimsOf());
const CALL = rpc('tools/call', { name: 'delete_all' });

async function explanationFor(message: object | string, question: Partial<Question> = {}) {
  const { headers, body } = posted(message);
  const explanation = await ask({
    token,
    request: 'POST /mcp',
    headers: Object.entries(headers) as [string, string][],
    body: body as string,
    policy: POLICY,
    ...question,
  });
  const step = explanation.steps.find(({ name }) => name === 'mcp');
  return { ...explanation, step, text: render(explanation) };
}

describe('a message is explained', () => {
  test('with the routes between which it decides, and the one that it takes', async () => {
    const { steps, step, verdict } = await explanationFor(CALL);
    expect(steps.find(({ name }) => name === 'route')?.text).toBe(
      'routes.0 (/mcp for tools/call delete_*) and routes.1 (/mcp for tools/*): the MCP message decides; all ask for a credential for default',
    );
    expect(step).toMatchObject({
      outcome: 'pass',
      text: '"tools/call" of "delete_all" matches routes.0 (/mcp for tools/call delete_*)',
    });
    expect(verdict.code).toBe('scope_missing');
    expect(steps.find(({ code }) => code !== undefined)?.name).toBe('scopes');
  });

  test('with the scopes of the route that it matches', async () => {
    const { verdict, step } = await explanationFor(rpc('tools/list'));
    expect(step?.text).toBe('"tools/list" matches routes.1 (/mcp for tools/*)');
    expect(verdict).toMatchObject({ allowed: true, code: 'allowed' });
  });

  test('with its own route, though an open one before it has the same path', async () => {
    const mcp = { method: 'tools/call' };
    const open = { path: '/mcp', onUnauthenticatedRequest: 'allow' };
    const routes = [{ ...open, mcp }, open, { path: '/mcp', mcp }];
    const policy = { unmatched: 'deny', routes };
    const textOf = async (request: string) => (await explanationFor(CALL, { policy, request })).step?.text;
    expect(await textOf('POST /mcp')).toContain('matches routes.0 (/mcp for tools/call)');
    expect(await textOf('POST /mcp/')).toContain('matches routes.2 (/mcp for tools/call)');
  });

  test('without a matching route', async () => {
    const { verdict, step, steps } = await explanationFor(rpc('ping'));
    expect(step).toMatchObject({ outcome: 'fail', code: 'route_missing', hints: ['the message is "ping"'] });
    expect(verdict.code).toBe('route_missing');
    expect(steps.map(({ name }) => name)).not.toContain('decision');
  });

  test('that cannot be read, after what is wrong with the token', async () => {
    expect((await explanationFor('[]')).step).toMatchObject({ outcome: 'fail', code: 'mcp_request_invalid' });
    expect((await explanationFor('[]')).verdict.code).toBe('mcp_request_invalid');
    const stale = await explanationFor('[]', { token: mint(KEYS.issuer, claimsOf({ exp: 1 })) });
    expect(stale.verdict.code).toBe('token_expired');
    const none = await explanationFor(CALL, { token: '' });
    expect(none.verdict.code).toBe('token_missing');
    expect(none.step?.outcome).toBe('pass');
  });

  test('that is missing, with how to give it', async () => {
    const { step } = await explanationFor('', { body: '' });
    expect(step?.hints).toEqual([expect.stringContaining('--body FILE')]);
  });

  test('without a Content-Type, with how to give it', async () => {
    const { step } = await explanationFor(CALL, { headers: [] });
    expect(step?.hints).toEqual([expect.stringContaining('--header "Content-Type: application/json"')]);
  });

  test('with the upstream to which a dry run sends what it would reject', async () => {
    const [first, ...others] = POLICY.routes;
    const routes = [{ ...first, upstream: 'https://other.example' }, ...others];
    const policy = { ...POLICY, mode: 'report-only', routes };
    expect((await explanationFor('[]', { policy })).upstream?.destination).not.toContain('other.example');
    expect((await explanationFor(CALL, { policy })).upstream?.destination).toContain('other.example');
  });

  test('for an event stream, which is rejected once the caller is known', async () => {
    const stream = { request: 'GET /mcp', headers: [['accept', 'text/event-stream']], body: '' } as const;
    const { verdict, step, steps } = await explanationFor('', stream);
    expect(verdict).toMatchObject({ code: 'method_not_allowed', status: 405 });
    expect(step).toMatchObject({ outcome: 'fail', code: 'method_not_allowed' });
    expect(steps.filter(({ outcome }) => outcome === 'fail')).toHaveLength(1);
    expect((await explanationFor('', { ...stream, token: '' })).verdict.code).toBe('token_missing');
  });

  test("and gets the function's own decision where anyone may call", async () => {
    const anyone = POLICY.routes.map((route) => ({ ...route, onUnauthenticatedRequest: 'allow' }));
    const policy = { ...POLICY, routes: anyone };
    expect((await explanationFor(CALL, { policy, token: '' })).verdict.code).toBe('allowed');
    expect((await explanationFor('[]', { policy, token: '' })).step).toMatchObject({ outcome: 'fail' });
  });
});

describe('the body of a curl command is', () => {
  const explained = async (data: string) => {
    const command = `curl https://api.example.com/mcp -H 'Authorization: Bearer ${token}' ${data}`;
    const { verdict, notes } = await askPaste({ token: command, policy: POLICY });
    return { code: verdict.code, notes: notes.join('\n') };
  };
  const call = JSON.stringify(CALL);

  test.each([
    [`--json '${call}'`, 'scope_missing'],
    [`-H 'Content-Type: application/json' -d '${call}'`, 'scope_missing'],
    [`-H 'content-type: application/json' --data-raw '${JSON.stringify(rpc('tools/list'))}'`, 'allowed'],
    // What curl sends with -d alone is a form.
    [`-d '${call}'`, 'mcp_request_invalid'],
  ])('what it says: %s', async (data, code) => {
    expect((await explained(data)).code).toBe(code);
  });

  test.each(['--json @call.json', '-d @-', '-F a=b', '--data-urlencode a=b', '-d "$BODY"'])(
    'left out with a note where only curl or the shell has it: %s',
    async (data) => {
      const { code, notes } = await explained(data);
      expect(code).toBe('mcp_request_invalid');
      expect(notes).toContain('the body is left out');
    },
  );
});
