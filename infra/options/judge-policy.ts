import { readFileSync } from 'node:fs';
import type { ToJudge } from './judged-policy.ts';
import { readPolicyFile } from './policy-file.ts';
import { policyWarnings } from './policy-warnings.ts';

/**
 * Judges a policy in a process of its own: importing keys is asynchronous, and a construct cannot wait for a promise. Reads what to
 * judge from standard input and writes the result to standard output, both as JSON.
 */
const { file, options }: ToJudge = JSON.parse(readFileSync(0, 'utf8'));
const read = await readPolicyFile(file);
const warnings = read.kind === 'ok' ? await policyWarnings(read.policy, options) : [];
process.stdout.write(JSON.stringify({ ...read, warnings }));
