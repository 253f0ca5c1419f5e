import { checkAudienceOf, checkNow, issuerOf, timesOf } from '../../lambda/core/accept.ts';
import { checkRoute } from '../../lambda/core/authorize.ts';
import type { Failure } from '../../lambda/core/failure.ts';
import { identityHeaders } from '../../lambda/core/http/identity-headers.ts';
import type { Identity } from '../../lambda/core/identity.ts';
import { checkRequiredClaims, checkSenderConstraint, parseIdentity } from '../../lambda/core/jwt/check.ts';
import type { UnverifiedToken } from '../../lambda/core/jwt/decode.ts';
import { hasKeySet, type Provider } from '../../lambda/core/provider.ts';
import { checkRevocations } from '../../lambda/core/revocations.ts';
import type { Route } from '../../lambda/core/routes/route.ts';
import { authenticationSteps } from './authentication-steps.ts';
import { audienceHints, scopeHints, timeHints } from './claim-hints.ts';
import { listed, shown, time } from './format.ts';
import { ruleHints } from './rule-hints.ts';
import { fail, pass, type Step, skip } from './step.ts';
import type { TokenContext } from './token-context.ts';

/** The stages after the signature, which look at the claims. */
export function claimSteps(token: UnverifiedToken, provider: Provider, context: TokenContext): Step[] {
  const { claims } = token;
  const { config, taken, timeZone } = context;
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
    steps.push(pass('required-claims', `all as provider ${provider.name} requires`));

  const identity = parseIdentity(claims, provider, issuerOf(token, provider));
  if ('code' in identity) {
    steps.push(fail('identity', identity));
    return [...steps, skip('rest', 'the rest needs an identity')];
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
  return [
    ...steps,
    ...taken.steps,
    ...(taken.route === undefined
      ? [skip('rest', 'the request matches no route, so nothing more is asked of the token')]
      : [
          ...authenticationSteps(identity, taken.route, now, timeZone),
          ...routeSteps(identity, provider, taken.route),
        ]),
  ];
}

function audienceStep(token: UnverifiedToken, provider: Provider): Step {
  const failure = checkAudienceOf(token, provider);
  if (!hasKeySet(provider)) {
    return failure === undefined
      ? pass('audience', 'the client is the configured one, or none is configured')
      : fail('audience', failure);
  }
  const { audience, audienceClaim } = provider;
  if (failure !== undefined) return fail('audience', failure, audienceHints(token.claims, provider));
  return audience === null
    ? pass('audience', `not checked, because provider ${provider.name} sets it to null`)
    : pass('audience', `"${audienceClaim}" has one of ${listed(audience.map((one) => shown(one)))}`);
}

/** Scopes and claim rules separately: the route requires both, but its own check stops at the first failure. */
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

/** The pipeline's result for the times alone, without header parameters and keys. */
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
