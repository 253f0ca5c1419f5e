import type { StackOptions } from '../../local/stack.ts';
import { startTestStack } from './local-stack.ts';
import { startScriptedUpstream } from './scripted-upstream.ts';

/** A local stack in front of an upstream that a test scripts, with an Authorization line for callers. */
export async function startScriptedStack(options: StackOptions) {
  const upstream = await startScriptedUpstream();
  const stack = await startTestStack(options);
  stack.setParameter('upstream', upstream.url.origin);
  await stack.settle();
  return {
    stack,
    upstream,
    bearer: `Authorization: Bearer ${await stack.token()}`,
    async close() {
      await stack.close();
      await upstream.close();
    },
  };
}
