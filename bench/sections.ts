import { writeFileSync } from 'node:fs';
import type { Result } from './report/results.ts';
import type { SectionOptions } from './section.ts';

/** The sections, by the names that `--only` takes. Loaded on demand, so that one section's modules do not affect another. */
const SECTIONS: Readonly<Record<string, (options: SectionOptions) => Promise<Result[]>>> = {
  decision: async (options) => (await import('./decision/decision.ts')).measureDecision(options),
  invocation: async (options) => (await import('./invocation/invocation.ts')).measureInvocation(options),
  'cold-start': async (options) => (await import('./cold-start/cold-start.ts')).measureColdStart(options),
  growth: async (options) => (await import('./growth/growth.ts')).measureGrowth(options),
  scale: async (options) => (await import('./scale/scale.ts')).simulateScale(options),
};

// Runs one section in this process, on the function's version of Node.js: `sections.ts NAME FILE [quick]`.
const [name = '', file = '', mode] = process.argv.slice(2);
const section = SECTIONS[name];
if (section === undefined) throw new Error(`There is no section ${name}.`);
writeFileSync(file, JSON.stringify(await section({ quick: mode === 'quick' })));
