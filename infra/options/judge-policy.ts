import { readFileSync } from 'node:fs';
import type { ToJudge } from './judged-policy.ts';
import { readPolicyFile } from './policy-file.ts';
import { policyWarnings } from './policy-warnings.ts';

/**
 * Judges a policy in a process of its own, for a construct, which cannot wait for a promise: importing keys takes one. What to
 * judge comes as JSON by standard input, and what is found goes out as JSON.
 */
const { file, options }: ToJudge = JSON.parse(readFileSync(0, 'utf8'));
const read = await readPolicyFile(file);
const warnings = read.kind === 'ok' ? await policyWarnings(read.policy, options) : [];
process.stdout.write(JSON.stringify({ ...read, warnings }));
