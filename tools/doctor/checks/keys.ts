import { type Provider, trustOf } from '../../../lambda/core/provider.ts';
import { hasKeys, type Probe, probeProviders } from '../../check-config/probe.ts';
import { counted } from '../../counted.ts';
import { defineCheck, type Finding, found, ok, problem, skipped, warning } from '../check.ts';

const keys = defineCheck({
  id: 'keys',
  title: 'Keys',
  about: "whether this machine can fetch each provider's keys; the function's network may differ",
  scope: 'everywhere',
  needs: ['config'],
  async run({ config }, { fetchDocument, now }) {
    const { providers } = config;
    if (providers.length === 0) return found(skipped('the policy has no provider'));
    const probes = await probeProviders(providers, fetchDocument, now);
    return found(
      probes.flatMap((probe) => [
        keysFinding(
          probe,
          providers.find(({ name }) => name === probe.provider),
        ),
        ...(hasKeys(probe) ? probe.warnings : []).map((said) =>
          warning(
            said,
            'Compare "issuer" with the "iss" of a token of yours: tokens must have exactly that.',
          ),
        ),
      ]),
    );
  },
});

function keysFinding(probe: Probe, provider: Provider | undefined): Finding {
  const { seen } = probe;
  const name = `provider ${probe.provider}`;
  if (seen.kind === 'by-kid')
    return ok(`${name}: its endpoint can be reached from here; it has a document for each key`);
  if (seen.kind === 'set' && hasKeys(probe)) {
    const usable = seen.entries.filter(({ ignored }) => ignored === undefined).length;
    return ok(
      seen.url === undefined
        ? `${name}: ${counted(usable, 'key')} in the policy`
        : `${name}: ${counted(usable, 'key')} from here, at ${seen.url}`,
    );
  }
  const why =
    seen.kind === 'failed'
      ? seen.reason
      : `none of ${seen.kind === 'set' ? seen.entries.length : 0} can be used`;
  const detail = `${name}: no keys from here: ${why}`;
  return isWithin(provider)
    ? warning(detail, `It is inside a private network, which this machine may not be in: ${WITHIN}`)
    : problem(
        detail,
        'If it responds elsewhere, it is the network or a proxy of this machine. If not: docs/runbook.md#callers-get-503-keys_unavailable',
      );
}

const WITHIN = 'docs/operations.md#an-issuer-inside-a-private-network';

/** Whether an endpoint is in a private network, judging by the policy. */
function isWithin(provider: Provider | undefined): boolean {
  if (provider === undefined) return false;
  const { ca, insecureHttp } = trustOf(provider);
  return ca !== undefined || insecureHttp === true;
}

export const KEY_CHECKS = [keys] as const;
