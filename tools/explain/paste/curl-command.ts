import { decoded } from './clean-token.ts';
import { type CurlOption, readCurlOptions } from './curl-options.ts';
import type { Pasted, PastedRequest } from './pasted.ts';
import { type ShellWord, splitBash, splitCmd } from './shell-words.ts';

const DATA = /^(?:data(?:-\w+)?|json|form(?:-string)?)$/;

type Option = CurlOption<ShellWord>;

/** Reads a `curl` command, as people write it and as browsers copy it for bash and for Windows' cmd. */
export function parseCurl(command: string): Pasted {
  // The first quote has a caret before it, or a line ends in one.
  const isCmd = /^[^'"\\]*\^"|\s\^\r?\n/.test(command);
  const whole = command.replace(/\s[\\^`]$/, '');
  const { words, isWhole } = isCmd ? splitCmd(whole) : splitBash(whole);
  const { options, urls, isFirst } = readCurlOptions(words.slice(1));
  const used = [
    ...options.filter(({ name }) => isUsed(name)),
    ...urls.map((value) => ({ name: 'url', value })),
  ];
  const unknown = used.find(({ value }) => value?.expands || CMD_VARIABLE.test(value?.text ?? ''));
  if (unknown !== undefined) {
    // Does not repeat the text, which may contain a default, or a password with a dollar sign.
    return unreadable(
      `${PARTS[unknown.name] ?? `--${unknown.name}`} in the curl command has a shell variable or a substitution in it, and only your shell knows its value: put the value there, or paste the token alone.`,
    );
  }
  if (!isWhole) {
    return unreadable(
      'The curl command ends within quotes: its end was not copied, or a terminal cut the line. Pipe it in whole, or from a file.',
    );
  }
  const { request, notes } = requestOf(
    options,
    urls.map(({ text }) => text),
  );
  const first = isFirst ? ['the command has several requests; the first is taken'] : [];
  return { kind: 'request', request, notes: [...notes, ...first] };
}

/** An escaped URL may contain something similar. */
const CMD_VARIABLE = /^authorization:[^%]*%[a-z_]\w*%\s*$/i;

/** An option, in words. */
const PARTS: Readonly<Record<string, string>> = {
  header: 'A header',
  cookie: 'The cookie',
  user: 'The user or password',
  url: 'The URL',
};

const isUsed = (name: string): boolean =>
  /^(?:header|cookie|user|oauth2-bearer|url|request|request-target|url-query)$/.test(name);

const unreadable = (problem: string): Pasted => ({ kind: 'unreadable', problem, notes: [] });

function requestOf(
  options: readonly Option[],
  targets: readonly string[],
): { readonly request: PastedRequest; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const valuesOf = (name: string) =>
    options.filter((one) => one.name === name).map(({ value }) => value?.text ?? '');
  const has = (name: string) => options.some((one) => one.name === name);

  const urls = [...valuesOf('url'), ...targets];
  const url = urls.find((text) => /^https?:\/\//i.test(text)) ?? urls[0];
  if (urls.length > 1) notes.push(`the command has ${urls.length} URLs; the first is taken`);
  const target = url === undefined ? undefined : splitUrl(url, has('path-as-is'));

  const headers: [string, string][] = [];
  const set = (name: string, value: string): void => {
    if (!headers.some(([other]) => other === name)) headers.push([name, value]);
  };
  for (const text of valuesOf('header')) {
    // `Name;` is a field without a value, and `Name:` removes one that curl would send.
    const [, name, value = ''] = /^([!#$%&'*+.^_`|~\w-]+)\s*(?:;\s*$|:\s*([\s\S]*?)\s*$)/.exec(text) ?? [];
    if (name !== undefined && (value !== '' || text.trimEnd().endsWith(';'))) {
      headers.push([name.toLowerCase(), value]);
    } else if (text.startsWith('@'))
      notes.push('the headers that the command reads from a file are left out');
  }
  const cookies = valuesOf('cookie');
  if (cookies.some((text) => !text.includes('='))) {
    notes.push('the cookies that the command reads from a file are left out');
  }
  const cookiesGiven = cookies.filter((text) => text.includes('='));
  if (cookiesGiven.length > 0) headers.push(['cookie', cookiesGiven.join('; ')]);
  const [bearer] = valuesOf('oauth2-bearer');
  if (bearer !== undefined) set('authorization', `Bearer ${bearer}`);
  const user = valuesOf('user')[0] ?? target?.user;
  if (user !== undefined) set('authorization', `Basic ${Buffer.from(user).toString('base64')}`);
  for (const name of ['user-agent', 'referer']) {
    const [value] = valuesOf(name);
    if (value !== undefined) set(name, value);
  }
  if (has('json')) set('content-type', 'application/json');
  if (target?.host !== undefined) set('host', target.host);

  const given = options.filter(({ name }) => DATA.test(name));
  const data = given.map(({ value }) => value?.text ?? '');
  const body = has('get') || data.length === 0 ? undefined : bodyOf(given);
  if (body === 'elsewhere')
    notes.push(
      'the body is left out, because the command does not contain it as sent: give it with --body FILE',
    );
  else if (body !== undefined && !has('json')) set('content-type', 'application/x-www-form-urlencoded');
  const extra = [...(has('get') ? data : []), ...valuesOf('url-query')];
  const query = target && [...(target.query === '' ? [] : [target.query]), ...extra].join('&');
  notes.unshift('method, path and headers are those of the curl command');
  return {
    notes,
    request: {
      method: target && methodOf(valuesOf('request').at(-1), { has, posts: data.length > 0 }),
      path: target && (valuesOf('request-target').at(-1) ?? target.path),
      query,
      headers,
      ...(body instanceof Uint8Array && { body }),
    },
  };
}

/** The body, if `-d` and its kin give it literally. Otherwise it is in files, forms and variables. */
function bodyOf(data: readonly Option[]): Uint8Array | 'elsewhere' {
  const isLiteral = data.every(
    ({ name, value }) =>
      /^(?:data(?:-ascii|-binary|-raw)?|json)$/.test(name) &&
      value?.expands !== true &&
      (name === 'data-raw' || value?.text.startsWith('@') !== true),
  );
  if (!isLiteral) return 'elsewhere';
  // curl joins the parts of a form with &, but not those of JSON.
  const separator = data.some(({ name }) => name === 'json') ? '' : '&';
  return Buffer.from(data.map(({ value }) => value?.text ?? '').join(separator));
}

function methodOf(
  named: string | undefined,
  { has, posts }: { readonly has: (name: string) => boolean; readonly posts: boolean },
): string {
  if (named !== undefined) return named;
  if (has('head')) return 'HEAD';
  if (has('upload-file')) return 'PUT';
  return posts && !has('get') ? 'POST' : 'GET';
}

/** Without `new URL`, which would change the path. */
function splitUrl(
  url: string,
  asIs: boolean,
): { user: string | undefined; host: string | undefined; path: string; query: string } {
  const [, authority = '', rest = ''] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)([^#]*)/i.exec(url) ?? [];
  const at = rest.indexOf('?');
  const [path, query] = at === -1 ? [rest, ''] : [rest.slice(0, at), rest.slice(at + 1)];
  const [, user, host = ''] = /^(?:(.*)@)?(.*)$/s.exec(authority) ?? [];
  return {
    user: user && decoded(user),
    host: host === '' ? undefined : host,
    path: asIs ? path || '/' : withoutDots(path || '/'),
    query,
  };
}

/** RFC 3986 §5.2.4, which curl applies unless it has --path-as-is. */
function withoutDots(path: string): string {
  if (!/\/\.\.?(?:\/|$)/.test(path)) return path;
  const segments: string[] = [];
  const all = path.split('/').slice(1);
  for (const [index, segment] of all.entries()) {
    const last = index === all.length - 1;
    if (segment === '..') segments.pop();
    if (segment !== '.' && segment !== '..') segments.push(segment);
    else if (last) segments.push('');
  }
  return `/${segments.join('/')}`;
}
