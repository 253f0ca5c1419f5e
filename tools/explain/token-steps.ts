import { checkNow, checkToken, providerOf, timesOf } from '../../lambda/core/authenticate.ts';
import { checkRoute } from '../../lambda/core/authorize.ts';
import type { Failure } from '../../lambda/core/failure.ts';
import { identityHeaders } from '../../lambda/core/http/identity-headers.ts';
import type { HttpRequest } from '../../lambda/core/http/message.ts';
import type { Identity } from '../../lambda/core/identity.ts';
import {
  checkAudience,
  checkRequiredClaims,
  checkSenderConstraint,
  parseIdentity,
} from '../../lambda/core/jwt/check.ts';
import { decode, type JsonObject, type UnverifiedToken } from '../../lambda/core/jwt/decode.ts';
import { parseHeader } from '../../lambda/core/jwt/header.ts';
import { verifySignature } from '../../lambda/core/jwt/verify.ts';
import { keySetOf } from '../../lambda/core/keys/key-set.ts';
import type { Provider } from '../../lambda/core/provider.ts';
import { checkRevocations } from '../../lambda/core/revocations.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import type { KeyEndpoints } from '../key-endpoints.ts';
import { audienceHints, ruleHints, scopeHints, timeHints } from './claim-hints.ts';
import { listed, shown, time } from './format.ts';
import type { ExplainInput } from './input.ts';
import { keyHints, signatureHints } from './key-hints.ts';
import { guessProvider } from './provider-hints.ts';
import { fail, pass, type Step, skip } from './step.ts';
import { headerHints, malformedHints, usageHints } from './token-hints.ts';

export interface TokenContext extends ExplainInput {
  readonly request: HttpRequest;
  readonly route: Route;
  readonly endpoints: KeyEndpoints;
}

export interface TokenSteps {
  readonly steps: readonly Step[];
  readonly header: JsonObject | undefined;
  readonly claims: JsonObject | undefined;
  readonly verified: boolean;
}

/** The stages that a token goes through, past the first that fails as far as the later ones make sense. */
export async function tokenSteps(text: string, context: TokenContext): Promise<TokenSteps> {
  const { carrier, route, config } = context;
  const token = decode(text, { padding: carrier !== 'authorization' });
  if ('malformed' in token) {
    const failure = { code: 'token_malformed', reason: token.malformed } as const;
    const steps = [fail('decode', failure, malformedHints(text))];
    return { steps, header: undefined, claims: undefined, verified: false };
  }
  const { header, claims } = token;
  const steps = [
    pass('decode', 'a header and claims; nothing of them is verified yet', usageHints(header, claims)),
  ];

  const chosen = providerOf(carrier, token, route.providers);
  const guess = 'code' in chosen ? guessProvider(carrier, header, claims, route, config) : undefined;
  const provider = 'code' in chosen ? guess?.provider : chosen;
  if ('code' in chosen) steps.push(fail('provider', chosen, guess?.hints));
  else steps.push(pass('provider', `the token is of provider ${chosen.name}`));
  if (provider === undefined) {
    steps.push(skip('the rest', 'without a provider there is nothing to compare with'));
    return { steps, header, claims, verified: false };
  }
  if ('code' in chosen)
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

async function signatureSteps(
  token: UnverifiedToken,
  provider: Provider,
  { config, endpoints }: TokenContext,
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
  steps.push(fail('signature', failure, signatureHints(token)));
  return { steps, verified: false };
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
    steps.push(fail('required claims', required, ruleHints(claims, provider.requiredClaims)));
  else if (provider.requiredClaims.length > 0)
    steps.push(pass('required claims', `all as provider ${provider.name} asks`));

  const identity = parseIdentity(claims, provider, issuerOf(token, provider));
  if ('code' in identity) {
    steps.push(fail('identity', identity));
    return [...steps, skip('the rest', 'it takes an identity to go on')];
  }
  steps.push(
    pass(
      'identity',
      `subject ${shown(identity.subject ?? null)}, client ${shown(identity.clientId ?? null)}`,
    ),
  );

  const timed = timeFailure(token, provider, identity, context);
  const times = provider.type === 'jwks' ? claims : { ...claims, ...token.header };
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
  if (provider.type !== 'jwks') {
    // What is left out is judged by steps of its own.
    const { cnf: _, ...claims } = token.claims;
    const bare = { ...provider, requiredClaims: [] };
    const result = checkToken({ ...token, claims }, bare);
    const wrong = 'code' in result && result.code === 'audience_mismatch';
    return wrong
      ? fail('audience', result)
      : pass('audience', 'the client is the configured one, or none is');
  }
  const { audience, audienceClaim } = provider;
  const failure = checkAudience(token.claims, provider);
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

/** The issuer that revocations are listed under; of a token that has none, the provider's first. */
function issuerOf({ claims }: UnverifiedToken, provider: Provider): string {
  if (provider.type !== 'jwks') return provider.signer;
  return typeof claims.iss === 'string' ? claims.iss : (provider.issuers[0] ?? '');
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
  const verified = {
    provider,
    header: { alg: 'RS256', kid: undefined },
    set: keySetOf([]),
    identity,
    times,
  } as const;
  return checkNow(verified, { revocations: new Map(), now: () => now });
}
