import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DocumentNotFound, type FetchDocument } from '../../../lambda/io/fetch-document.ts';
import { initialize } from '../../../tools/init/initialize.ts';
import type { Report } from '../../../tools/init/report.ts';
import type { Request } from '../../../tools/init/request.ts';
import { Interrupted, type Terminal } from '../../../tools/init/terminal.ts';
import { createKey, jwksOf } from '../../support/keys.ts';

export const ISSUER = 'https://login.example.com';
export const DISCOVERY = `${ISSUER}/.well-known/openid-configuration`;
export const OAUTH_DISCOVERY = `${ISSUER}/.well-known/oauth-authorization-server`;
export const KEYS = `${ISSUER}/jwks`;

export const KEY = createKey('ES256', 'one');
export const KEY_SET = jwksOf(KEY);

/** What a healthy issuer publishes. */
export const METADATA = {
  issuer: ISSUER,
  jwks_uri: KEYS,
  token_endpoint: `${ISSUER}/token`,
  id_token_signing_alg_values_supported: ['RS256', 'ES256'],
  grant_types_supported: ['authorization_code', 'client_credentials'],
};

export type Documents = Readonly<Record<string, object | string | Error>>;

/** Serves documents, and records what is requested. */
export function fetchFrom(documents: Documents) {
  const asked: string[] = [];
  /** Requests that must not reach this machine, whatever the host resolves to. */
  const elsewhere: string[] = [];
  const fetchDocument: FetchDocument = async (url, options) => {
    asked.push(url.href);
    if (options?.elsewhere === true) elsewhere.push(url.href);
    const document = Object.hasOwn(documents, url.href) ? documents[url.href] : undefined;
    if (document === undefined) throw new DocumentNotFound(`${url.href}: responded with status 404`);
    if (document instanceof Error) throw document;
    const text = typeof document === 'string' ? document : JSON.stringify(document);
    return { text, cacheControl: undefined };
  };
  return { fetchDocument, asked, elsewhere };
}

export interface ScriptedTerminal extends Terminal {
  /** The questions asked, with what was said about the previous answer. */
  readonly asked: (readonly [title: string, fault: string | undefined])[];
}

/** A person who gives these answers, and then presses Ctrl-C. */
export function answering(...answers: string[]): ScriptedTerminal {
  const asked: (readonly [string, string | undefined])[] = [];
  const next = async (): Promise<string> => {
    const answer = answers.shift();
    if (answer === undefined) throw new Interrupted();
    return answer;
  };
  return {
    asked,
    ask(question, fault) {
      asked.push([question.title, fault]);
      return next();
    },
    choose(title) {
      asked.push([title, undefined]);
      return next();
    },
    interruption: new Promise(() => {}),
    throwIfInterrupted() {},
    close() {},
  };
}

export interface InitRun extends Report {
  readonly written: unknown;
  readonly asked: readonly string[];
  readonly elsewhere: readonly string[];
}

/** A folder for the written files. */
export function folder() {
  const path = mkdtempSync(join(tmpdir(), 'init-'));
  return {
    file: (name = 'policy.json') => join(path, name),
    names: () => readdirSync(path),
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Runs init, by default on a healthy issuer, with an audience and nobody to ask. */
export async function runInit(
  output: string,
  request: Partial<Request> = {},
  {
    documents,
    terminal,
    running,
  }: {
    documents?: Documents;
    terminal?: Terminal;
    /** The issuer of the laptop stack, if one runs. */
    running?: string;
  } = {},
): Promise<InitRun> {
  const { fetchDocument, asked, elsewhere } = fetchFrom({
    [DISCOVERY]: METADATA,
    [KEYS]: KEY_SET,
    ...documents,
  });
  const report = await initialize(
    {
      issuers: [ISSUER],
      provider: undefined,
      given: { audience: 'https://api.example.com' },
      output,
      force: false,
      offline: false,
      path: undefined,
      local: undefined,
      ...request,
    },
    { fetchDocument, now: () => 0, runningIssuer: async () => running, terminal },
  );
  return { ...report, asked, elsewhere, written: JSON.parse(readFileSync(output, 'utf8')) };
}
