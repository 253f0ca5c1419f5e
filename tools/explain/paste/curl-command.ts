import type { Pasted } from './pasted.ts';
import { type ShellWord, splitBash, splitCmd } from './shell-words.ts';

/** Options of curl that say something about the request, by all their names. */
const NAMES: Readonly<Record<string, string>> = {
  X: 'request',
  H: 'header',
  b: 'cookie',
  d: 'data',
  F: 'form',
  u: 'user',
  A: 'user-agent',
  e: 'referer',
  T: 'upload-file',
  G: 'get',
  I: 'head',
};

/** Letters and names of the options that take a value. All others are taken for switches. */
const LETTERS_WITH_VALUE = 'AbcCdDeEFHhKmoPQrtTuUwxXyYz';
const WITH_VALUE =
  /^(?:request|header|cookie|cookie-jar|data|data-(?:raw|binary|urlencode|ascii)|json|form|form-string|user|user-agent|referer|upload-file|url|url-query|oauth2-bearer|request-target|output|write-out|max-time|connect-timeout|retry|retry-delay|retry-max-time|resolve|connect-to|cacert|capath|cert|cert-type|key|key-type|proxy|proxy-user|proxy-header|dump-header|config|interface|range|max-redirs|aws-sigv4|ciphers|tls-max|unix-socket|limit-rate|trace|trace-ascii|stderr|noproxy|time-cond|max-filesize)$/;

const DATA = /^(?:data(?:-\w+)?|json|form(?:-string)?)$/;

interface Option {
  readonly name: string;
  readonly value: ShellWord;
}

/** Reads a `curl` command, as people write it and as browsers copy it for bash and for Windows' cmd. */
export function parseCurl(command: string): Pasted {
  // The first quotes have a caret, or a line ends in one.
  const isCmd = /^[^'"\\]*\^"|\s\^\r?\n/.test(command);
  const whole = command.replace(/\s[\\^`]$/, '');
  const split = isCmd ? splitCmd(whole) : splitBash(whole);
  if ('problem' in split) {
    return unreadable(
      'The curl command ends within quotes: its end was not copied, or a terminal cut the line. Pipe it in whole, or from a file.',
    );
  }
  const { options, targets } = readOptions(split.words.slice(1));
  const used = [...options.filter(({ name }) => isUsed(name)).map(({ value }) => value), ...targets];
  const variable = used.find((word) => word.variable !== undefined)?.variable;
  if (variable !== undefined) {
    return unreadable(
      `The curl command has ${shortened(variable)} in it, and only your shell knows its value: put the value there, or paste the token alone.`,
    );
  }
  return requestOf(
    options,
    targets.map(({ text }) => text),
  );
}

/** A command in it may have a secret. */
const shortened = (variable: string): string => (variable.startsWith('$(') ? '$(…)' : variable.slice(0, 30));

const isUsed = (name: string): boolean =>
  /^(?:header|cookie|user|oauth2-bearer|url|request|request-target|url-query)$/.test(name);

const unreadable = (problem: string): Pasted => ({ kind: 'unreadable', problem, notes: [] });

function readOptions(words: readonly ShellWord[]): { options: Option[]; targets: ShellWord[] } {
  const options: Option[] = [];
  const targets: ShellWord[] = [];
  const none: ShellWord = { text: '', variable: undefined };
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? none;
    const next = words[at + 1] ?? none;
    if (/^--./.test(word.text)) {
      const name = word.text.slice(2);
      const takes = WITH_VALUE.test(name);
      options.push({ name, value: takes ? next : none });
      if (takes) at += 1;
    } else if (/^-./.test(word.text)) {
      const [, switches = '', letter, rest = ''] =
        new RegExp(`^-([^${LETTERS_WITH_VALUE}]*)([${LETTERS_WITH_VALUE}])?([\\s\\S]*)$`).exec(word.text) ??
        [];
      for (const one of switches) options.push({ name: NAMES[one] ?? one, value: none });
      if (letter === undefined) continue;
      options.push({ name: NAMES[letter] ?? letter, value: rest === '' ? next : { ...word, text: rest } });
      if (rest === '') at += 1;
    } else targets.push(word);
  }
  return { options, targets };
}

function requestOf(options: readonly Option[], targets: readonly string[]): Pasted {
  const notes: string[] = [];
  const valuesOf = (name: string) =>
    options.filter((one) => one.name === name).map(({ value }) => value.text);
  const has = (name: string) => options.some((one) => one.name === name);

  const urls = [...valuesOf('url'), ...targets];
  const url = urls.find((text) => /^https?:\/\//i.test(text)) ?? urls[0];
  if (urls.length > 1) notes.push(`the command has ${urls.length} URLs, of which the first is taken`);
  const target = url === undefined ? undefined : splitUrl(url, has('path-as-is'));

  const headers: [string, string][] = [];
  const set = (name: string, value: string): void => {
    if (!headers.some(([other]) => other === name)) headers.push([name, value]);
  };
  for (const text of valuesOf('header')) {
    // `Name;` is a field without a value, `Name:` takes away one that curl would send.
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
  const given = cookies.filter((text) => text.includes('='));
  if (given.length > 0) headers.push(['cookie', given.join('; ')]);
  const [bearer] = valuesOf('oauth2-bearer');
  if (bearer !== undefined) set('authorization', `Bearer ${bearer}`);
  const [user] = valuesOf('user');
  if (user !== undefined) set('authorization', `Basic ${Buffer.from(user).toString('base64')}`);
  for (const name of ['user-agent', 'referer']) {
    const [value] = valuesOf(name);
    if (value !== undefined) set(name, value);
  }
  if (has('json')) set('content-type', 'application/json');
  if (target?.host !== undefined) set('host', target.host);

  const data = options.filter(({ name }) => DATA.test(name)).map(({ value }) => value.text);
  const extra = [...(has('get') ? data : []), ...valuesOf('url-query')];
  const query = target && [...(target.query === '' ? [] : [target.query]), ...extra].join('&');
  notes.unshift('method, path and headers are those of the curl command');
  return {
    kind: 'request',
    notes,
    request: {
      method: target && methodOf(valuesOf('request').at(-1), { has, posts: data.length > 0 }),
      path: target && (valuesOf('request-target').at(-1) ?? target.path),
      query,
      headers,
    },
  };
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

/** Without `new URL`, which would write the path in another way than it is sent. */
function splitUrl(url: string, asIs: boolean): { host: string | undefined; path: string; query: string } {
  const [, authority = '', rest = ''] = /^(?:[a-z][a-z0-9+.-]*:\/\/)?([^/?#]*)([^#]*)/i.exec(url) ?? [];
  const at = rest.indexOf('?');
  const [path, query] = at === -1 ? [rest, ''] : [rest.slice(0, at), rest.slice(at + 1)];
  const host = authority.replace(/^.*@/, '');
  return {
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
