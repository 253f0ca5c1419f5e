import { randomUUID } from 'node:crypto';
import { shellWord } from '../../tools/shell-word.ts';
import type { PlaygroundStack } from './context.ts';
import type { SendRequest } from './contract.ts';
import { RefusedCall } from './refused-call.ts';
import { outgoingOf } from './send.ts';

/**
 * The request as a command for bash, zsh and their like. Unless the token is wanted in it, the shell's variable `TOKEN` stands
 * there, so that the command can be shown to others.
 */
export function curlCommand(
  request: SendRequest,
  stack: Pick<PlaygroundStack, 'api' | 'loadBalancer'>,
  withToken: boolean,
): string {
  // In its place until all is quoted. It has only letters and digits, so that no place for a token writes it in another way.
  const mark = withToken || request.token === '' ? undefined : `token${randomUUID().replaceAll('-', '')}`;
  const { origin, method, target, headers, body } = outgoingOf(
    { ...request, ...(mark !== undefined && { token: mark }) },
    stack,
  );
  if (!target.startsWith('/')) throw new RefusedCall('The path must begin with a slash.');
  const word = (text: string) => (mark === undefined ? shellWord(text) : withVariable(text, mark));
  const own = new URL(origin).host;
  const hasBody = headers.some(([name]) => /^content-length$/i.test(name));
  // curl frames the body itself, and takes these from the URL and the body.
  const fields = headers.filter(
    ([name, value]) => !/^content-length$/i.test(name) && !(/^host$/i.test(name) && value === own),
  );
  const has = (wanted: string) => fields.some(([name]) => name.toLowerCase() === wanted);
  return [
    'curl -i',
    ...methodOption(method, hasBody),
    // Otherwise curl would resolve the dots of a path, and take brackets and braces for patterns.
    ...(/\/\.{1,2}(?:[/?]|$)/.test(target) ? ['--path-as-is'] : []),
    ...(/[[\]{}]/.test(target) ? ['--globoff'] : []),
    // A URL loses what follows a number sign.
    ...(target.includes('#') ? [`--request-target ${word(target)}`] : []),
    ...fields.map(([name, value]) => `-H ${word(value === '' ? `${name};` : `${name}: ${value}`)}`),
    // Unless told otherwise, curl calls any body a form.
    ...(hasBody && !has('content-type') ? ['-H Content-Type:'] : []),
    ...(hasBody ? [`--data-raw ${word(body)}`] : []),
    word(origin + target),
  ].join(' ');
}

function methodOption(method: string, hasBody: boolean): string[] {
  if (method === (hasBody ? 'POST' : 'GET')) return [];
  // With a method that is only named so, curl would wait for the body that the answer to a HEAD does not have.
  return method === 'HEAD' ? ['--head'] : [`-X ${shellWord(method)}`];
}

/** One word in which a variable stands wherever the mark does. */
function withVariable(text: string, mark: string): string {
  const parts = text.split(mark);
  if (parts.length === 1) return shellWord(text);
  const isPlain = parts.every((part, index) => !/["$`\\!]/.test(part) && (index === 0 || !/^\w/.test(part)));
  return isPlain
    ? `"${parts.join('$TOKEN')}"`
    : parts.map((part) => (part === '' ? '' : shellWord(part))).join('"$TOKEN"');
}
