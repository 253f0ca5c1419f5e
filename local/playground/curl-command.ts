import { randomUUID } from 'node:crypto';
import { shellWord } from '../../tools/shell-word.ts';
import type { PlaygroundStack } from './context.ts';
import type { SendRequest } from './contract.ts';
import { RejectedCall } from './rejected-call.ts';
import { outgoingOf } from './send.ts';

/**
 * The request as a command for bash, zsh and similar shells. Without `withToken`, the shell variable `TOKEN` replaces the
 * token, so that people can share the command.
 */
export function curlCommand(
  request: SendRequest,
  stack: Pick<PlaygroundStack, 'api' | 'loadBalancer'>,
  withToken: boolean,
): string {
  // Replaces the token until everything is quoted. It has only letters and digits, so that no carrier encodes it.
  const mark = withToken || request.token === '' ? undefined : `token${randomUUID().replaceAll('-', '')}`;
  const { origin, method, target, headers, body } = outgoingOf(
    { ...request, ...(mark !== undefined && { token: mark }) },
    stack,
  );
  if (!target.startsWith('/')) throw new RejectedCall('The path must begin with a slash.');
  const word = (text: string) => (mark === undefined ? shellWord(text) : withVariable(text, mark));
  const own = new URL(origin).host;
  const hasBody = headers.some(([name]) => /^content-length$/i.test(name));
  // curl derives these two from the URL and the body.
  const fields = headers.filter(
    ([name, value]) => !/^content-length$/i.test(name) && !(/^host$/i.test(name) && value === own),
  );
  const has = (wanted: string) => fields.some(([name]) => name.toLowerCase() === wanted);
  return [
    'curl -i',
    ...methodOption(method, hasBody),
    // Otherwise curl would resolve dot segments, and expand brackets and braces as patterns.
    ...(/\/\.{1,2}(?:[/?]|$)/.test(target) ? ['--path-as-is'] : []),
    ...(/[[\]{}]/.test(target) ? ['--globoff'] : []),
    // curl does not send what follows "#" in a URL.
    ...(target.includes('#') ? [`--request-target ${word(target)}`] : []),
    ...fields.map(([name, value]) => `-H ${word(value === '' ? `${name};` : `${name}: ${value}`)}`),
    // By default, curl declares every body a form.
    ...(hasBody && !has('content-type') ? ['-H Content-Type:'] : []),
    ...(hasBody ? [`--data-raw ${word(body)}`] : []),
    word(origin + target),
  ].join(' ');
}

function methodOption(method: string, hasBody: boolean): string[] {
  if (method === (hasBody ? 'POST' : 'GET')) return [];
  // With -X HEAD, curl would wait for a body that the response does not have.
  return method === 'HEAD' ? ['--head'] : [`-X ${shellWord(method)}`];
}

/** Quotes a text as one word, with the variable in place of each mark. */
function withVariable(text: string, mark: string): string {
  const parts = text.split(mark);
  if (parts.length === 1) return shellWord(text);
  const isPlain = parts.every((part, index) => !/["$`\\!]/.test(part) && (index === 0 || !/^\w/.test(part)));
  return isPlain
    ? `"${parts.join('$TOKEN')}"`
    : parts.map((part) => (part === '' ? '' : shellWord(part))).join('"$TOKEN"');
}
