import { ArgumentError, CommandFailure } from '../arguments.ts';
import { findStack, PATH_OUTPUT } from '../deployment/find-stack.ts';
import { readLiveParameters, takeEndpoint } from '../parameters.ts';
import { shellWord } from '../shell-word.ts';
import type { LocalStack } from './local-stack.ts';

/** The issuer whose tokens a laptop stack accepts, or `none`; undefined if no stack is running there. */
export type RunningIssuer = (stack: LocalStack) => Promise<string | undefined>;

/** Reads it from the stack's own SSM. */
export const runningIssuer: RunningIssuer = async ({ ssm: endpointUrl }) => {
  try {
    const endpoint = takeEndpoint({ endpointUrl, region: undefined });
    const { outputs } = await findStack({ stack: undefined, path: undefined, endpoint, local: true });
    const path = outputs[PATH_OUTPUT] ?? '';
    return (await readLiveParameters({ path, endpointUrl, region: undefined })).issuer?.value;
  } catch (error) {
    if (error instanceof CommandFailure || error instanceof ArgumentError) return undefined;
    throw error;
  }
};

/** Why the stack's own authorization server does not respond, and what to do. `accepted` is the running issuer. */
export function whyNoServer({ issuer, options }: LocalStack, accepted: string | undefined): string {
  if (accepted === undefined) {
    return 'The laptop stack does not respond: start it with npm start, and give --port N if its load balancer is on another port.';
  }
  if (accepted === issuer) {
    return "The laptop stack runs, but its authorization server does not respond: end its outage if you simulate one (press o in the stack's terminal), or start the stack again.";
  }
  const named = accepted === 'none' ? 'ISSUER' : shellWord(accepted);
  return `The laptop stack has no authorization server at the next port, because it was started with --issuer or --port 0: name the issuer of your tokens, as in npm run init -- ${named} ${options.join(' ')}`;
}
