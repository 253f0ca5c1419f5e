import { readFileSync, statSync } from 'node:fs';
import type { ParameterName } from '../../lambda/contract.ts';
// The app imports the function's parser only here, and check-config only here and for its warnings: a policy that passes
// must be valid for the function, and a deploy must say about it what check-config says. Copies of either would drift. The
// imported code is pure.
import { MAX_UNPACKED_BYTES, pack, unpack } from '../../lambda/core/config/pack.ts';
import type { PolicyDocument } from '../../lambda/core/config/policy-schema.ts';
import { checkParameters, type LocatedProblem, type LocatedWarning } from '../../tools/check-config/check.ts';
import { harmlessLine } from '../../tools/harmless.ts';

/** The most that SSM stores in a standard and in an advanced parameter, in bytes. */
const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;

export interface PolicyFile {
  readonly file: string;
  /** The file's text, unchanged. */
  readonly text: string;
  /** The parameter's value: the file's text in ASCII, packed if it would not fit otherwise. */
  readonly value: string;
  readonly document: PolicyDocument;
}

export type ReadPolicy =
  | { readonly kind: 'ok'; readonly policy: PolicyFile }
  | { readonly kind: 'invalid'; readonly problems: readonly string[] };

/** Values with which every other parameter is valid. */
const REST: Readonly<Record<Exclude<ParameterName, 'policy'>, string>> = {
  issuer: 'https://of-no-policy.example',
  audience: 'api.example.com',
  'jwks-uri': 'discover',
  upstream: 'whoami',
  revocations: '{}',
};

/** Reads a policy and judges it as the function would. */
export async function readPolicyFile(file: string): Promise<ReadPolicy> {
  const invalid = (...messages: readonly string[]): ReadPolicy => ({
    kind: 'invalid',
    problems: messages.map((message) => `policy: ${file} ${message}`),
  });
  let whole: string;
  try {
    const stats = statSync(file);
    // A pipe or a device would never end.
    if (!stats.isFile()) return invalid('is not a file');
    if (stats.size > MAX_UNPACKED_BYTES) {
      return invalid(`has ${stats.size} bytes; a policy has at most ${MAX_UNPACKED_BYTES}`);
    }
    whole = readFileSync(file, 'utf8');
  } catch (error) {
    return invalid(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const { problems } = await checkParameters({ ...REST, policy: whole });
  if (problems.length > 0) return { kind: 'invalid', problems: problems.map((found) => inFile(file, found)) };
  const text = whole.trim();
  const unpacked = unpack(text);
  if (!('value' in unpacked)) return invalid(...unpacked.problems);
  const document: PolicyDocument = JSON.parse(unpacked.value);
  const plain = inAscii(text);
  const value = fits(plain, STANDARD_BYTES) ? plain : pack(JSON.stringify(document));
  return fits(value, ADVANCED_BYTES)
    ? { kind: 'ok', policy: { file, text: whole, value, document } }
    : invalid(`is ${value.length} bytes when packed; SSM holds ${ADVANCED_BYTES}`);
}

/** What `check-config` finds in a policy, in its words and with its place. */
export const inFile = (
  file: string,
  { message, location }: Pick<LocatedProblem | LocatedWarning, 'message' | 'location'>,
): string => `policy: ${harmlessLine(message)} (${file}${location === undefined ? '' : `:${location.at}`})`;

/** JSON with all but ASCII escaped: only ASCII survives where CloudFormation shows a template. */
function inAscii(json: string): string {
  return json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** SSM rejects a value with `{{`, which would be a reference to resolve. */
function fits(value: string, bytes: number): boolean {
  return Buffer.byteLength(value) <= bytes && !value.includes('{{');
}
