import { isLoopback } from '../../lambda/core/config/url.ts';
import type { FetchDocument } from '../../lambda/io/fetch-document.ts';
import { CommandFailure } from '../arguments.ts';
import type { Answers } from './answers.ts';
import { type Discovered, discover } from './discovery.ts';
import { judge } from './judge.ts';
import { algorithmsOf, type SeenKeys, seeKeys } from './key-set.ts';
import type { LocalStack } from './local-stack.ts';
import type { Preset } from './presets/preset.ts';
import { type RunningIssuer, whyNoServer } from './running-stack.ts';

/** What an issuer publishes. */
export interface Seen {
  readonly discovered: Discovered | undefined;
  readonly keys: SeenKeys;
  /** The key set, if the function's own discovery would not find it. */
  readonly jwksUri: string | undefined;
  /** The algorithms, if they are not those of the preset. */
  readonly algorithms: ReturnType<typeof algorithmsOf> | undefined;
}

interface Looking {
  readonly fetchDocument: FetchDocument;
  readonly now: () => number;
  /** The laptop stack, if the issuer belongs to one. */
  readonly local: LocalStack | undefined;
  readonly runningIssuer: RunningIssuer;
}

const NOT_DISCOVERED = { reasons: [], isNotThere: false } as const;

/** Looks at what the issuer publishes, each document once. */
export async function look(
  preset: Preset,
  answers: Answers,
  { fetchDocument, now, local, runningIssuer }: Looking,
): Promise<Seen> {
  const once = onlyOnce(fetchDocument);
  const { issuers } = answers;
  const [issuer = ''] = issuers;
  const jwksUri = answers.jwksUri ?? preset.jwksUri?.(issuer);
  const isDiscoverable = issuers.length === 1 && /^https?:\/\//.test(issuer);
  const found = isDiscoverable ? await discover(issuer, once, jwksUri !== undefined) : NOT_DISCOVERED;
  const discovered = 'url' in found ? found : undefined;
  if ('reasons' in found && jwksUri === undefined) {
    throw new CommandFailure(
      [
        ...found.reasons,
        local === undefined
          ? `${found.isNotThere ? 'There is no discovery document' : 'No discovery document could be read'}: give the exact "iss" of the tokens, name the key set with --jwks-uri URL, or, if only this machine cannot reach the issuer, give --offline.`
          : whyNoServer(local, await runningIssuer(local)),
      ].join('\n'),
    );
  }
  const own = discovered?.instead === undefined ? undefined : discovered.jwksUri?.href;
  const example = { ...preset.example, issuers, jwksUri: jwksUri ?? own };
  const { checked } = await judge(preset, example);
  if (checked.config === undefined) throw new Error('the example is not valid');
  const keys = await seeKeys(checked.config, withinReach(once, discovered), now);
  const algorithms = algorithmsOf(keys.entries, discovered?.metadata.idTokenAlgorithms);
  const isKnown = preset.provider?.algorithms?.some((name) => algorithms.includes(name)) ?? false;
  return { discovered, keys, jwksUri: own, algorithms: isKnown ? undefined : algorithms };
}

/** A key set named in somebody else's document is never fetched from this machine's own addresses, whatever its host resolves to. */
const withinReach =
  (fetchDocument: FetchDocument, discovered: Discovered | undefined): FetchDocument =>
  (url, options) =>
    fetchDocument(
      url,
      discovered !== undefined && url.href === discovered.jwksUri?.href
        ? { ...options, elsewhere: !isLoopback(discovered.url) }
        : options,
    );

function onlyOnce(fetchDocument: FetchDocument): FetchDocument {
  const fetched = new Map<string, ReturnType<FetchDocument>>();
  return (url, options) => {
    const document = fetched.get(url.href) ?? fetchDocument(url, options);
    fetched.set(url.href, document);
    return document;
  };
}
