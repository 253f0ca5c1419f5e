import fc from 'fast-check';
import { buildToken, type TokenBuilder } from './build-token.ts';
import { createForeignKeys, createKeyRings } from './key-rings.ts';
import { rulesFor } from './stricter-rules.ts';
import { tokenCase } from './token-case.ts';
import { createVerifiers, type Verifiers } from './verdicts.ts';

/** How the verdicts of all runs so far compare. */
export interface Tally {
  runs: number;
  accepted: number;
  /** Both reject, by our code. */
  readonly rejected: Map<string, number>;
  /** We reject what jose accepts, by our stricter rule. */
  readonly stricter: Map<string, number>;
}

export interface Differential {
  readonly tally: Tally;
  /** Compares the verdicts on this many generated tokens; returns a description of the first disagreement, if any. */
  readonly run: (seed: number, runs: number) => Promise<string | undefined>;
}

const count = (counts: Map<string, number>, name: string): void =>
  void counts.set(name, (counts.get(name) ?? 0) + 1);

/** The differential test, with its own keys: `npm test` runs it for seconds, `npm run fuzz` for hours. */
export async function createDifferential(): Promise<Differential> {
  const builder: TokenBuilder = {
    rings: createKeyRings(),
    foreignKey: createForeignKeys(),
    signatures: new Map(),
  };
  const verifiers = new Map<string, Verifiers>();
  for (const ring of builder.rings) verifiers.set(ring.name, await createVerifiers(ring));
  const tally: Tally = { runs: 0, accepted: 0, rejected: new Map(), stricter: new Map() };

  const property = fc.asyncProperty(tokenCase, async (plan) => {
    const { token, ring } = buildToken(plan, builder);
    const { ours, joses } = verifiers.get(ring.name) as Verifiers;
    const verdict = await ours(token);
    const expected = await joses(token);
    tally.runs += 1;
    if (verdict === 'accepted' && expected === 'accepted') {
      tally.accepted += 1;
    } else if (verdict !== 'accepted' && expected !== 'accepted') {
      count(tally.rejected, verdict);
    } else {
      const rules = verdict === 'accepted' ? [] : rulesFor(token, verdict, ring.jwks.keys);
      // Counts only a single matching rule: several would not show which one is in effect.
      count(tally.stricter, rules.length > 1 ? 'several at once' : (rules[0] ?? 'none'));
      if (rules.length === 0) throw new Error(disagreement(verdict, expected, token, ring.jwks));
    }
  });

  return {
    tally,
    run: async (seed, runs) => {
      const details = await fc.check(property, { seed, numRuns: runs });
      if (!details.failed) return undefined;
      const error = details.errorInstance as Error | null;
      return [
        error?.message ?? 'interrupted',
        `made of: ${JSON.stringify(details.counterexample?.[0])}`,
        `found with: seed ${details.seed}, ${details.numRuns} runs, ${details.numShrinks} shrinks`,
      ].join('\n');
    },
  };
}

function disagreement(ours: string, joses: string, token: string, jwks: object): string {
  const verdicts = `ours: ${ours}, jose's: ${joses}`;
  const what =
    ours === 'accepted' ? 'accepted what jose rejects' : 'rejected by no rule of stricter-rules.ts';
  return `${what} (${verdicts})\ntoken: ${JSON.stringify(token)}\nkey set: ${JSON.stringify(jwks)}`;
}
