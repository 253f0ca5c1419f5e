import { checkAudienceOf, checkNow, issuerOf, timesOf } from '../../lambda/core/accept.ts';
import { type Authentication, authenticate, ofNobody } from '../../lambda/core/authenticate.ts';
import { checkRoute } from '../../lambda/core/authorize.ts';
import { isSigned, type Place, placeKey } from '../../lambda/core/credentials/place.ts';
import { candidatesAmong, type Source, sourcesOf } from '../../lambda/core/credentials/sources.ts';
import type { Failure } from '../../lambda/core/failure.ts';
import { identityHeaders } from '../../lambda/core/http/identity-headers.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import type { Identity } from '../../lambda/core/identity.ts';
import { checkRequiredClaims, checkSenderConstraint, parseIdentity } from '../../lambda/core/jwt/check.ts';
import { decode, type JsonObject, type UnverifiedToken } from '../../lambda/core/jwt/decode.ts';
import { parseHeader } from '../../lambda/core/jwt/header.ts';
import { verifySignature } from '../../lambda/core/jwt/verify.ts';
import { hasKeySet, keysIdOf, type Provider } from '../../lambda/core/provider.ts';
import { checkRevocations } from '../../lambda/core/revocations.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import type { KeyEndpoints } from '../key-endpoints.ts';
import { audienceHints, scopeHints, timeHints } from './claim-hints.ts';
import { listed, shown, time } from './format.ts';
import type { ExplainInput } from './input.ts';
import { type Assumption, hasImpossibleSignature, hasKeysOf, type Trust } from './assumed-signature.ts';
import { keyHints, signatureHints, signatureLengthHints } from './key-hints.ts';
import { guessProvider } from './provider-hints.ts';
import { ruleHints } from './rule-hints.ts';
import { fail, pass, type Step, skip } from './step.ts';
import { malformedHints } from './not-a-jwt.ts';
import { headerHints, usageHints } from './token-hints.ts';

export interface TokenContext extends ExplainInput {
  readonly request: HttpRequest;
  readonly place: Place;
  readonly route: Route;
  readonly endpoints: KeyEndpoints;
  readonly trust: Trust;
  /** Whose keys are taken to have made the signature; undefined where it is verified. */
  readonly assumption: Assumption | undefined;
}

export interface TokenSteps {
  readonly steps: readonly Step[];
  readonly header: JsonObject | undefined;
  readonly claims: JsonObject | undefined;
  readonly verified: boolean;
}

/** The stages that a token goes through, past the first that fails as far as the later ones make sense. */
export async function tokenSteps(text: string, context: TokenContext): Promise<TokenSteps> {
  const { place, route, config } = context;
  const token = decode(text, { padding: isSigned(place) });
  if ('malformed' in token) {
    const failure = { code: 'token_malformed', reason: token.malformed } as const;
    const steps = [fail('decode', failure, malformedHints(text))];
    return { steps, header: undefined, claims: undefined, verified: false };
  }
  const { header, claims } = token;
  const steps = [
    pass('decode', 'a header and claims; nothing of them is verified yet', usageHints(header, claims)),
  ];

  if (route.providers.length === 0) {
    steps.push(skip('rest', 'without a provider there is nothing to compare with'));
    return { steps, header, claims, verified: false };
  }

  const source = sourceAt(context);
  const candidates = source.candidatesOf(token);
  const guess = candidates.length === 0 ? guessProvider(place, token, route, config) : undefined;
  const chosen = guess === undefined ? await choose(text, candidates, source, context) : undefined;
  const provider = chosen?.provider ?? guess?.provider;
  if (chosen === undefined) steps.push(fail('provider', ofNobody(source), guess?.hints));
  else steps.push(pass('provider', chosen.account, chosen.others));
  if (provider === undefined) {
    steps.push(skip('rest', 'without a provider there is nothing to compare with'));
    return { steps, header, claims, verified: false };
  }
  if (chosen === undefined)
    steps.push(skip('assumed', `from here on as if it were of provider ${provider.name}`));

  const signature = await signatureSteps(token, provider, context);
  const identity = claimSteps(token, provider, context);
  return {
    steps: [...steps, ...signature.steps, ...identity],
    header,
    claims,
    verified: signature.verified,
  };
}

/** The place of the token as the route looks at it; where it does not look there, as if it did. */
function sourceAt({ place, route, request }: TokenContext): Source {
  const { providers } = route;
  const key = placeKey(place);
  return (
    sourcesOf(providers, request).find((source) => placeKey(source.place) === key) ?? {
      place,
      signed: isSigned(place),
      providers,
      read: () => ({ kind: 'none' }),
      candidatesOf: (token) => candidatesAmong(providers, token),
    }
  );
}

interface Choice {
  readonly provider: Provider | undefined;
  readonly account: string;
  /** The other providers that were tried, and why they refuse the token. */
  readonly others: readonly string[];
}

/** The provider that accepts the token, or the one that it gets furthest with, as the function finds it. */
async function choose(
  text: string,
  candidates: readonly Provider[],
  source: Source,
  { config, trust, assumption, now }: TokenContext,
): Promise<Choice> {
  const authenticated = async (tried: readonly Provider[]): Promise<Authentication> =>
    authenticate(
      { source: { ...source, candidatesOf: () => tried }, token: text },
      {
        revocations: config.revocations,
        ...trust(source.signed),
        now: () => now,
      },
    );
  const [only] = candidates;
  if (candidates.length === 1 && only !== undefined) {
    return { provider: only, account: `the token is of provider ${only.name}`, others: [] };
  }
  const { trace, kind } = await authenticated(candidates);
  const provider = candidates.find(({ name }) => name === trace.provider);
  const others: string[] = [];
  for (const other of candidates) {
    if (other === provider) break;
    const result = await authenticated([other]);
    if (result.kind === 'authenticated') continue;
    const isAssumed =
      assumption !== undefined && keysIdOf(other) !== undefined && !hasKeysOf(other, assumption);
    others.push(
      isAssumed && result.kind === 'failure' && result.code === 'signature_invalid'
        ? `${other.name} is taken not to have the key that made the signature`
        : `${other.name} refuses it: ${result.reason}`,
    );
  }
  const names = listed(candidates.map(({ name }) => name));
  const account =
    kind === 'authenticated'
      ? `the token may be of ${names}, which are tried in this order; ${provider?.name} accepts it`
      : `the token may be of ${names}, but none accepts it; it gets furthest with ${provider?.name}`;
  return { provider, account, others };
}

async function signatureSteps(
  token: UnverifiedToken,
  provider: Provider,
  { config, endpoints, offline }: TokenContext,
): Promise<{ steps: Step[]; verified: boolean }> {
  const header = parseHeader(token.header, provider);
  if ('code' in header) {
    return {
      steps: [
        fail('header', header, headerHints(header.code, token.header, provider)),
        skip('key', 'no key is looked for, for a header that is not accepted'),
      ],
      verified: false,
    };
  }
  const { alg, kid } = header;
  const steps = [
    pass('header', `"alg" ${alg}, "kid" ${shown(kid ?? null)}, "typ" ${shown(token.header.typ ?? null)}`),
  ];
  const resolution = await endpoints.sources.resolve(provider, header);
  if (offline && resolution.kind === 'unavailable') {
    steps.push(skip('key', 'keys are not fetched offline'), unverifiedStep(token, provider));
    return { steps, verified: false };
  }
  if (resolution.kind !== 'keys') {
    const failure: Failure =
      resolution.kind === 'failure' ? resolution : { code: 'keys_unavailable', reason: resolution.reason };
    const hints = await keyHints(failure.code, token.header, provider, config, endpoints);
    steps.push(fail('key', failure, hints), skip('signature', 'it takes a key to verify it'));
    return { steps, verified: false };
  }
  const [key] = resolution.keys;
  const name =
    resolution.keys.length === 1 ? shown(key?.kid ?? '(no kid)') : `${resolution.keys.length} keys`;
  steps.push(pass('key', `${name} of ${resolution.set.keys.length} in the key set of ${provider.name}`));
  if (verifySignature(token, alg, resolution.keys)) {
    steps.push(pass('signature', 'the key made it: header and claims are what the issuer wrote'));
    return { steps, verified: true };
  }
  const failure = { code: 'signature_invalid', reason: 'the key did not make the signature' } as const;
  steps.push(fail('signature', failure, signatureHints(token, resolution.keys)));
  return { steps, verified: false };
}

function unverifiedStep(token: UnverifiedToken, provider: Provider): Step {
  const hints = signatureLengthHints(token);
  return hasImpossibleSignature(token)
    ? fail('signature', { code: 'signature_invalid', reason: 'no key can have made the signature' }, hints)
    : skip(
        'signature',
        `not verified; from here on as if a key of provider ${provider.name} had made it`,
        hints,
      );
}

function claimSteps(token: UnverifiedToken, provider: Provider, context: TokenContext): Step[] {
  const { claims } = token;
  const { config, route, timeZone } = context;
  const now = context.now / 1000;
  const steps = [audienceStep(token, provider)];
  const constraint = checkSenderConstraint(claims);
  if (constraint !== undefined) {
    steps.push(
      fail('binding', constraint, [
        'the token is bound to a key (DPoP or mutual TLS), which is not supported here',
      ]),
    );
  }
  const required = checkRequiredClaims(claims, provider);
  if (required !== undefined)
    steps.push(fail('required-claims', required, ruleHints(claims, provider.requiredClaims)));
  else if (provider.requiredClaims.length > 0)
    steps.push(pass('required-claims', `all as provider ${provider.name} asks`));

  const identity = parseIdentity(claims, provider, issuerOf(token, provider));
  if ('code' in identity) {
    steps.push(fail('identity', identity));
    return [...steps, skip('rest', 'it takes an identity to go on')];
  }
  steps.push(
    pass(
      'identity',
      `subject ${shown(identity.subject ?? null)}, client ${shown(identity.clientId ?? null)}`,
    ),
  );

  const timed = timeFailure(token, provider, identity, context);
  const times = hasKeySet(provider) ? claims : { ...claims, ...token.header };
  if (timed !== undefined) steps.push(fail('times', timed, timeHints(times, provider, now, timeZone)));
  else
    steps.push(
      pass(
        'times',
        `${typeof times.exp === 'number' ? `good until ${time(times.exp, timeZone)}` : 'in order'}`,
      ),
    );

  const revoked = checkRevocations(identity, config.revocations);
  const hint = `the parameter "revocations" has it, under ${shown(identity.issuer)}`;
  steps.push(
    revoked === undefined ? pass('revocations', 'not revoked') : fail('revocations', revoked, [hint]),
  );
  return [...steps, ...routeSteps(identity, provider, route)];
}

function audienceStep(token: UnverifiedToken, provider: Provider): Step {
  const failure = checkAudienceOf(token, provider);
  if (!hasKeySet(provider)) {
    return failure === undefined
      ? pass('audience', 'the client is the configured one, or none is')
      : fail('audience', failure);
  }
  const { audience, audienceClaim } = provider;
  if (failure !== undefined) return fail('audience', failure, audienceHints(token.claims, provider));
  return audience === null
    ? pass('audience', `not checked, as provider ${provider.name} has null for it`)
    : pass('audience', `"${audienceClaim}" has one of ${listed(audience.map((one) => shown(one)))}`);
}

/** Scopes and claim rules one by one: the route asks for both, but its check stops at the first. */
function routeSteps(identity: Identity, provider: Provider, route: Route): Step[] {
  const { claims } = identity;
  const { scopes } = route;
  const wanted = 'all' in scopes ? scopes.all : scopes.any;
  const lacking = checkRoute(identity, { ...route, claims: [] });
  const unmet = checkRoute(identity, { ...route, scopes: { all: [] } });
  const headers = identityHeaders(identity, route);
  return [
    lacking !== undefined
      ? fail('scopes', lacking, scopeHints(claims, route, provider))
      : pass('scopes', wanted.length === 0 ? 'the route asks for none' : `has ${listed(identity.scopes)}`),
    unmet !== undefined
      ? fail('claims', unmet, ruleHints(claims, route.claims))
      : pass('claims', route.claims.length === 0 ? 'the route asks for none' : 'as the route asks'),
    ...('unforwardable' in headers
      ? [fail('forward', { code: 'identity_unforwardable', reason: headers.unforwardable })]
      : []),
  ];
}

/** What the pipeline says of the time, which is not at the header's parameters and the keys. */
function timeFailure(
  token: UnverifiedToken,
  provider: Provider,
  identity: Identity,
  { now }: TokenContext,
): Failure | undefined {
  const times = timesOf(token, provider);
  if ('code' in times) return times;
  const accepted = { provider, header: { alg: 'RS256', kid: undefined }, identity, times } as const;
  return checkNow(accepted, { revocations: new Map(), now: () => now });
}
