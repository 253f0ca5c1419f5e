import { parseAccess } from '../../lambda/core/config/parse.ts';
import { type Reading, valuesOf } from '../../lambda/core/config/reading.ts';
import { issuersOf } from '../../lambda/core/provider.ts';
import { ArgumentError } from '../arguments.ts';
import { reportOnlyNames } from '../check-config/open-routes.ts';
import { harmlessLine } from '../harmless.ts';
import { policyDocumentOf } from '../policy-document.ts';
import { changeRevocations } from './revocation-change.ts';
import { readRevocations, type Selection, selected, union } from './revocation-edit.ts';
import { type By, selectionsOf } from './revoked-token.ts';
import type { Outcome, Session } from './session.ts';
import { readFrom } from './versions.ts';

/** How much is shown of an issuer that no provider has, in characters. */
const MAX_ISSUER = 200;

/** What the command line asks to revoke. */
export interface RevocationRequest extends Omit<Selection, 'issuer'> {
  readonly issuer: string | undefined;
  /** Standard input, if it is to be a token. */
  readonly pasted: string | undefined;
  readonly by: By | undefined;
}

/** Adds entries to the revocations, or removes them. */
export async function revoke(
  session: Session,
  by: 'revoke' | 'unrevoke',
  request: RevocationRequest,
): Promise<Outcome> {
  const before = await readFrom(session);
  const issuers = await acceptedIssuers(session, before);
  const also = by === 'unrevoke' ? revokedIssuers(before) : [];
  const known = issuers && [...issuers, ...also];
  const { selections, notes } =
    request.pasted === undefined
      ? { selections: [{ ...request, issuer: request.issuer ?? onlyIssuer(session, issuers) }], notes: [] }
      : selectionsOf(request.pasted, { by: request.by, issuers: known });
  for (const note of notes) session.output.say(`note: ${note}`, 'note');
  const unknown = known && selections.find(({ issuer }) => !known.includes(issuer));
  if (unknown !== undefined) {
    // It may come from an unverified token, which may say anything.
    const name = harmlessLine(unknown.issuer.slice(0, MAX_ISSUER));
    throw new ArgumentError(
      `No provider has this issuer: ${name}. ${issuers?.length ? `The issuers are ${issuers.join(', ')}` : 'No provider has one'}.`,
    );
  }
  if (by === 'revoke') noteReportOnly(session, before);
  return changeRevocations(session, { by, before, entries: selections.map(selected).reduce(union) });
}

/** The issuers of the policy; undefined if the values in SSM are not valid, which must not prevent a revocation. */
async function acceptedIssuers(
  { output }: Session,
  reading: Reading,
): Promise<readonly string[] | undefined> {
  const parsed = await parseAccess(valuesOf(reading));
  if ('value' in parsed) return [...new Set(parsed.value.providers.flatMap(issuersOf))];
  output.say(
    'The other parameters are not valid, so it is unknown whether a provider has this issuer. Revocations take effect nevertheless.',
    'note',
  );
  return undefined;
}

/** Whoever revokes a token in an incident must not believe that it is rejected where it is not. */
function noteReportOnly({ output }: Session, reading: Reading): void {
  const names = reportOnlyNames(policyDocumentOf(valuesOf(reading)));
  if (names.length === 0) return;
  output.say(
    `Requests with a revoked token are still let through, without an identity, where the policy is report-only: ${names.join('; ')}. To reject them, put a policy that enforces these.`,
    'bad',
  );
}

function revokedIssuers({ revocations }: Reading): readonly string[] {
  const parsed = readRevocations(revocations?.value ?? '{}');
  return 'value' in parsed ? [...parsed.value.keys()] : [];
}

function onlyIssuer({ output }: Session, issuers: readonly string[] | undefined): string {
  const [only, ...others] = issuers ?? [];
  if (only === undefined || others.length > 0) {
    const which = only === undefined ? '' : `: ${issuers?.join(', ')}`;
    throw new ArgumentError(`--issuer is missing: name the issuer of the tokens${which}.`);
  }
  output.say(`The issuer is ${only}, the only one in the policy.`, 'dim');
  return only;
}
