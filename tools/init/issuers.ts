import { ArgumentError, CommandFailure } from '../arguments.ts';
import { presetsOf } from './find-preset.ts';
import { plainFault } from './gather.ts';
import { judge, rejection, wording } from './judge.ts';
import { demoPreset } from './local-stack.ts';
import type { Preset } from './presets/preset.ts';
import type { Given } from './questions.ts';
import type { Request } from './request.ts';
import type { Terminal } from './terminal.ts';
import { unusable } from './unusable-issuers.ts';

/** The issuers of the request, each one valid. */
export function readIssuers({ issuers, local }: Request): readonly string[] {
  if (issuers.length === 0) {
    if (local !== undefined) return [local.issuer];
    throw new ArgumentError(
      'Name the ISSUER: the exact "iss" of the tokens. With --local alone, init uses that of npm start.',
    );
  }
  for (const issuer of issuers) {
    const fault = plainFault(issuer) ?? (/\s/.test(issuer) ? 'has white space in it.' : undefined);
    if (fault !== undefined) throw new ArgumentError(`ISSUER ${fault} Give the exact "iss" of the tokens.`);
    const reason = unusable(issuer);
    if (reason !== undefined) throw new CommandFailure(reason);
  }
  return issuers;
}

/** The preset of the issuers. Asks if there are several. */
export async function choosePreset(
  { issuers: named, provider, local }: Request,
  issuers: readonly string[],
  terminal: Terminal | undefined,
): Promise<Preset> {
  const [issuer = ''] = issuers;
  if (local !== undefined && named.length === 0 && provider === undefined) return demoPreset(issuer);
  const presets = presetsOf(issuers, provider);
  const [first, ...more] = presets;
  if (first !== undefined && more.length === 0) return first;
  const names = presets.map(({ name, section = '' }) => [name, section] as const);
  if (terminal === undefined) {
    const choices = names.map(([name, section]) => `  --provider ${name}  ${section}`);
    throw new ArgumentError(
      [
        'There is no terminal to ask on: say which tokens of this issuer you mean, with one of',
        ...choices,
      ].join('\n'),
    );
  }
  const chosen = await terminal.choose('Which tokens of this issuer do you mean?', names);
  return presets.find(({ name }) => name === chosen) ?? (first as Preset);
}

/** Rejects issuers that no policy can have, whatever the answers are. */
export async function rejectIssuers(preset: Preset, issuers: readonly string[], given: Given): Promise<void> {
  // The address of the keys is derived from the issuer.
  const mustMatch = typeof preset.jwksUri === 'function' && given['jwks-uri'] === undefined;
  if ((mustMatch || preset.type === 'spiffe') && !issuers.every((issuer) => preset.issuer.test(issuer))) {
    throw new ArgumentError(
      `ISSUER does not look like one of --provider ${preset.name}, such as ${preset.example.issuers[0]}: correct one of the two${mustMatch ? ', or name the key set with --jwks-uri URL' : ''}.`,
    );
  }
  const jwksUri = given['jwks-uri'] ?? preset.example.jwksUri;
  const { findings } = await judge(preset, { ...preset.example, issuers, jwksUri });
  if (findings.length > 0) {
    throw rejection(
      findings.map((finding) =>
        finding.parameter === 'jwks-uri'
          ? `--jwks-uri: ${finding.message}`
          : `ISSUER: ${wording(finding).replace(/^its issuer /, '')}`,
      ),
    );
  }
}
