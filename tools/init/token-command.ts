import { isLoopback, parseEndpoint } from '../../lambda/core/config/url.ts';
import { shellWord } from '../shell-word.ts';
import type { Answers } from './answers.ts';
import type { Metadata } from './metadata.ts';
import type { Preset } from './presets/preset.ts';
import { CURL, jsonField } from './shell-commands.ts';

/** How a caller gets a token into the shell variable TOKEN; no command if a shell cannot get one. */
export interface TokenStep {
  readonly title: string;
  readonly commands: readonly string[];
}

interface Context {
  readonly preset: Preset;
  readonly answers: Answers;
  /** What the issuer says about itself, if that is known. */
  readonly metadata: Metadata | undefined;
}

/** The commands keep a secret out of the arguments of every process, which others on the machine can list. */
export function tokenStep({ preset, answers, metadata }: Context): TokenStep {
  const { token } = preset;
  if (token.kind === 'shell') return { title: token.title, commands: [token.command(answers)] };
  if (token.kind === 'words') return { title: token.text(answers), commands: [] };
  const [issuer = ''] = answers.issuers;
  const endpoint = usableEndpoint(token.endpoint?.(issuer) ?? metadata?.tokenEndpoint);
  const method = token.method ?? methodOf(metadata);
  if (endpoint === undefined || method === undefined) {
    return {
      title: `Get a token from ${issuer} as its documentation says, and put it into the variable TOKEN`,
      commands: [],
    };
  }
  const form = {
    grant_type: 'client_credentials',
    ...(answers.scopes.length > 0 && { scope: answers.scopes.join(' ') }),
    ...token.form?.(answers),
  };
  const fields = Object.entries(form).map(
    ([name, value]) => `--data-urlencode ${shellWord(`${name}=${value}`)}`,
  );
  const request = `${SEND[method]} ${fields.join(' ')} ${shellWord(endpoint.href)}`;
  const command = `TOKEN=$(${request} | ${jsonField('access_token')})`;
  if (token.client !== undefined) {
    const { id, secret } = token.client;
    return { title: `Get a token, as ${id}`, commands: [`CLIENT_ID=${id} CLIENT_SECRET=${secret}`, command] };
  }
  return {
    title:
      'Get a token, with CLIENT_ID and CLIENT_SECRET set in the shell (read -rs CLIENT_SECRET keeps the secret off the screen)',
    commands: [command],
  };
}

/** RFC 6749 §2.3.1. The secret goes to curl's standard input; printf is a shell builtin, so it is no process argument either. */
const SEND = {
  client_secret_basic: `printf 'Authorization: Basic %s' "$(printf %s:%s "$CLIENT_ID" "$CLIENT_SECRET" | base64 | tr -d '\\n')" | ${CURL} -H @-`,
  client_secret_post: `printf %s "$CLIENT_SECRET" | ${CURL} --data-urlencode client_secret@- --data-urlencode "client_id=$CLIENT_ID"`,
} as const;

type Method = keyof typeof SEND;

/** OpenID Connect Discovery 1.0 §3: client_secret_basic if the document does not say. */
function methodOf(metadata: Metadata | undefined): Method | undefined {
  const methods = metadata?.authMethods ?? [];
  if (methods.length === 0) return 'client_secret_basic';
  return (['client_secret_basic', 'client_secret_post'] as const).find((one) => methods.includes(one));
}

/** An endpoint that a secret may be sent to: https, or this machine. */
function usableEndpoint(text: string | undefined): URL | undefined {
  const url = text === undefined ? 'is missing' : parseEndpoint(text);
  return typeof url === 'string' || (url.protocol === 'http:' && !isLoopback(url)) ? undefined : url;
}
