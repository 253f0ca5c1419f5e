import { STEP_NAMES, type StepName } from '../lambda/core/paths/steps.ts';

/** What a person has to know about a step to decide whether to leave it out. */
export interface StepAccount {
  /** What a server does in this step. */
  readonly does: string;
  /** Who is known to do it. */
  readonly servers: string;
  /** Two paths that such a server takes for the same. */
  readonly example: readonly [sent: string, read: string];
}

/** An account of each step, in display order. */
export const STEP_ACCOUNTS: Readonly<Record<StepName, StepAccount>> = {
  decode: {
    does: 'decodes escapes, once or several times',
    servers: 'all of them, and several times if one is behind another; IIS also reads `%u0041`',
    example: ['/api/%2561dmin', '/api/admin'],
  },
  raw: {
    does: 'matches paths as they were sent, with their escapes',
    servers: 'Express and routers like it; Fastify in part',
    example: ['/api/%70ublic', '/api/:name'],
  },
  keepSlash: {
    does: 'decodes all escapes except those of `/`, `\\` and `%`',
    servers: 'Apache with `AllowEncodedSlashes NoDecode`, Fastify, Tomcat if configured to',
    example: ['/api/a%20b%2Fc', '/api/a b%2Fc'],
  },
  plus: {
    does: 'reads `+` as a space',
    servers: 'code that decodes paths like forms: `urldecode` of PHP, older Java code',
    example: ['/api/a+b', '/api/a b'],
  },
  params: {
    does: 'drops path parameters: `;` and the rest of a segment, of the last segment or of the whole path',
    servers: 'Tomcat, Jetty, Undertow, Spring, JAX-RS; Fastify before version 5; `urlparse` of Python',
    example: ['/api/admin;v=1/users', '/api/admin/users'],
  },
  cut: {
    does: 'ends the path at a `?` or `#` that was escaped',
    servers: 'proxies and rewriting rules that decode a path and build a URL from it again',
    example: ['/api/admin%3F', '/api/admin'],
  },
  merge: {
    does: 'treats several slashes in a row as one',
    servers: 'nginx, Apache, PHP, file servers; `ServeMux` of Go redirects',
    example: ['/api//admin', '/api/admin'],
  },
  trim: {
    does: 'drops dots and whitespace at the end of a segment, and whitespace at its start',
    servers: 'IIS and file servers on Windows; code that trims parameters',
    example: ['/api/admin.', '/api/admin'],
  },
  backslash: {
    does: 'reads `\\` as `/`',
    servers: 'IIS, URL parsers of browsers and Node.js, file servers on Windows',
    example: ['/api%5Cadmin', '/api/admin'],
  },
  fold: {
    does: 'ignores case, accents, compatibility forms or invisible characters',
    servers: 'Express, ASP.NET, IIS, Fastify and Spring if configured to; file systems and databases',
    example: ['/api/Admin', '/api/admin'],
  },
  suffix: {
    does: 'treats a suffix of the last segment as a format',
    servers: 'Rails, Spring before 5.3, Struts, JAX-RS; Express with `{.:format}`; Apache with `MultiViews`',
    example: ['/api/admin.json', '/api/admin'],
  },
};

/** What it means to leave a step out. */
export function leftOut(step: StepName): string {
  const { does, servers, example } = STEP_ACCOUNTS[step];
  const [sent, read] = example;
  return (
    `paths.readings leaves out "${step}": ${sent} may match another route than ${read}. ` +
    `That is safe only if nothing behind the function ${does} (${servers})`
  ).replaceAll('`', '');
}

/** The table of docs/paths.md. */
export function pathStepsTable(): string {
  const rows = STEP_NAMES.map((name) => {
    const { does, servers, example } = STEP_ACCOUNTS[name];
    return `| \`${name}\` | ${does} | \`${example[0]}\` is \`${example[1]}\` | ${servers} |`;
  });
  return ['| step | a server | so that | who does it |', '|---|---|---|---|', ...rows].join('\n');
}
