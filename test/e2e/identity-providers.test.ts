import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { PARAMETERS } from '../../lambda/contract.ts';
import { POLICIES } from '../support/identity-providers-page.ts';
import { startTestStack, type TestStack } from '../support/local-stack.ts';
import { eventually } from '../support/local-stack-fixtures.ts';

let stack: TestStack;

beforeAll(async () => {
  // Each request is a cold start, so that nothing of an earlier policy stays in force.
  stack = await startTestStack({ functions: { cold: true } });
});
afterAll(() => stack.close());

/** The versions of the parameters in SSM, in the log's format. */
function storedVersion(): string {
  return Object.keys(PARAMETERS)
    .map((name) => {
      const request = { Name: stack.parameterName(name) };
      const { Parameter } = stack.ssm.execute('GetParameter', request) as { Parameter: { Version: number } };
      return Parameter.Version;
    })
    .join('.');
}

/** The function's log, one object per line. */
const logged = (): Record<string, unknown>[] =>
  stack.lines
    .filter(({ part, kind, text }) => part === 'lambda' && kind === 'output' && text.startsWith('{'))
    .map(({ text }) => JSON.parse(text));

/** Puts the last given parameters in force, with the others as in a fresh deployment. */
function install(values: readonly (readonly [name: string, value: string])[]): void {
  for (const [name, { initial }] of Object.entries(PARAMETERS)) stack.setParameter(name, initial);
  for (const [name, value] of values) stack.setParameter(name, value);
}

const policies = [...POLICIES].map(([section, [policy = '']]) => [section, policy] as const);

test('the page has policies to install', () => expect(policies.length).toBeGreaterThan(15));

// Their key endpoints are unreachable here, which must not keep a configuration from coming into force.
describe.each(policies)('the policy for %s', (_section, policy) => {
  const steps = [
    ['issuer', 'none'],
    ['policy', policy],
  ] as const;
  test.each([
    ['first', steps],
    ['last', steps.toReversed()],
  ] as const)('comes into force if the issuer is put %s', async (_order, values) => {
    install(values);
    const version = storedVersion();
    const decision = await eventually(
      async () => {
        const { status } = await stack.call('/api/x');
        return { status, ...logged().findLast(({ message }) => message === 'decision') };
      },
      (seen) => (seen as { configVersion?: string }).configVersion === version,
    );
    expect(decision).toMatchObject({ status: 401, code: 'token_missing' });
    const loaded = logged().findLast(({ message }) => message === 'configuration loaded');
    expect(loaded).toMatchObject({ level: 'INFO', configVersion: version });
  });
});
