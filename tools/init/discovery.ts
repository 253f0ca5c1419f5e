import { isLoopback, parseEndpoint } from '../../lambda/core/config/url.ts';
import { isAlgorithm } from '../../lambda/core/jwt/algorithms.ts';
import { DocumentNotFound, type FetchDocument } from '../../lambda/io/fetch-document.ts';
import { discoveryUrl } from '../../lambda/io/fetch-key-set.ts';
import { CommandFailure } from '../arguments.ts';
import { harmlessLine } from '../harmless.ts';
import { issuerDifference } from '../issuer-difference.ts';
import { shellWord } from '../shell-word.ts';
import { type Metadata, parseMetadata } from './metadata.ts';

/** A discovery document that names the expected issuer. */
export interface Discovered {
  readonly url: URL;
  /** Why it is not the OpenID Connect document, the only one that the function reads; undefined if it is. */
  readonly instead: string | undefined;
  readonly metadata: Metadata;
  /** The key set that it names; undefined if it is known from elsewhere. */
  readonly jwksUri: URL | undefined;
}

/** There is no document, or none could be read. */
export interface NotDiscovered {
  readonly reasons: readonly string[];
  /** Whether the issuer said of each document that it does not exist. If not, there may be one that could not be read. */
  readonly isNotThere: boolean;
}

/**
 * Reads what an issuer publishes about itself. Fetches the document as the function does, with the same limits.
 *
 * @param keysKnown whether the operator or a preset says where the keys are
 * @throws CommandFailure if the document says something that the function cannot work with
 */
export async function discover(
  issuer: string,
  fetchDocument: FetchDocument,
  keysKnown: boolean,
): Promise<Discovered | NotDiscovered> {
  const places = [discoveryUrl(issuer), authorizationServerUrl(issuer)];
  const reasons: string[] = [];
  let isNotThere = true;
  for (const url of places) {
    const text = await textAt(url, fetchDocument);
    const metadata = typeof text === 'string' ? parseMetadata(text) : undefined;
    if (metadata === undefined) {
      const reason = typeof text === 'string' ? new Error(`${url.href}: is not a JSON object`) : text;
      const isMissing = reason instanceof DocumentNotFound;
      // Whatever is wrong with the first document, the issuer may have the other.
      reasons.push(isMissing ? `${url.href}: is not there` : short(reason.message));
      isNotThere &&= isMissing;
      continue;
    }
    if (metadata.issuer !== issuer) throw new CommandFailure(differentIssuer(issuer, url, metadata.issuer));
    const jwksUri = keysKnown ? undefined : keySetOf(url, metadata);
    return { url, instead: reasons[0], metadata, jwksUri };
  }
  return { reasons, isNotThere };
}

/** RFC 8414 §3.1: between host and path. */
function authorizationServerUrl(issuer: string): URL {
  const { origin, pathname } = new URL(issuer);
  return new URL(`${origin}/.well-known/oauth-authorization-server${pathname.replace(/\/$/, '')}`);
}

async function textAt(url: URL, fetchDocument: FetchDocument): Promise<string | Error> {
  try {
    return (await fetchDocument(url, { elsewhere: !isLoopback(url) })).text;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return error;
  }
}

/** The key set that a document names, if it can verify the issuer's tokens at all. */
function keySetOf(url: URL, { jwksUri, idTokenAlgorithms }: Metadata): URL {
  const isSecret = idTokenAlgorithms !== undefined && !idTokenAlgorithms.some(isAlgorithm);
  if (isSecret && idTokenAlgorithms.length > 0) {
    throw new CommandFailure(
      `${url.href} lists only ${idTokenAlgorithms.slice(0, 5).map(short).join(', ')} as signing algorithms, and the function accepts none of these: have the issuer sign with RS256, ES256 or another algorithm that has a public key.`,
    );
  }
  if (jwksUri === undefined) {
    throw new CommandFailure(
      `${url.href} names no "jwks_uri", so there are no keys to verify tokens with: name the key set with --jwks-uri URL if there is one. Tokens that are opaque, or signed with a secret, cannot be verified.`,
    );
  }
  const keys = parseEndpoint(jwksUri, { elsewhere: !isLoopback(url) });
  if (typeof keys === 'string') {
    throw new CommandFailure(
      `${url.href} has the "jwks_uri" ${short(jwksUri)}, which the function never calls, as it ${keys}: correct it at the issuer, or name the key set with --jwks-uri URL.`,
    );
  }
  return keys;
}

/** Either a person confused the two issuers, or this is somebody else's document. */
function differentIssuer(issuer: string, url: URL, named: string | undefined): string {
  if (named === undefined)
    return `${url.href} names no "issuer": it is not the discovery document of ${issuer}.`;
  const difference = issuerDifference(issuer, named);
  return difference === undefined
    ? `${url.href} names another issuer, ${short(named)}: run init with the exact "iss" of the tokens.`
    : `${url.href} names the issuer ${short(named)} instead of ${issuer} (${difference}), and the function compares every character: if the "iss" of the tokens is the same, run  npm run init -- ${shellWord(short(named))}`;
}

/** A text of somebody else for a message: one line of bounded length. */
const short = (text: string): string => harmlessLine(text.length > 300 ? `${text.slice(0, 300)}…` : text);
