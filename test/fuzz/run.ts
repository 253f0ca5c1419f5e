import { runCommand } from '../../tools/arguments.ts';
import { HELP, MAX_SEED, parseFuzzArguments } from './arguments.ts';
import { createDifferential, type Tally } from './differential.ts';

/** Tokens between two checks of the clock and for Ctrl-C. */
const BATCH = 500;
const PROGRESS_MS = 10_000;

let interrupted = false;

async function fuzz(runs: number, seed: number): Promise<number> {
  const { tally, run } = await createDifferential();
  console.log(`${runs} tokens from seed ${seed}`);
  const startedAt = Date.now();
  const rate = () => Math.round((tally.runs * 1000) / Math.max(Date.now() - startedAt, 1));
  let reportedAt = startedAt;
  for (let batch = 0; tally.runs < runs && !interrupted; batch++) {
    const disagreement = await run((seed + batch) % MAX_SEED, Math.min(BATCH, runs - tally.runs));
    if (disagreement !== undefined) {
      console.error(`\n${disagreement}`);
      console.error(`\nTo reproduce it: npm run fuzz -- --runs ${BATCH} --seed ${(seed + batch) % MAX_SEED}`);
      return 1;
    }
    if (Date.now() - reportedAt >= PROGRESS_MS) {
      reportedAt = Date.now();
      console.log(`${tally.runs} of ${runs}, ${rate()} per second`);
    }
    // Lets the event loop turn, so that signals arrive; nothing else does.
    await new Promise((resolve) => setImmediate(resolve));
  }
  console.log(summary(tally, rate()));
  if (interrupted) console.log(`Stopped after ${tally.runs} of ${runs}; seed ${seed}`);
  return 0;
}

function summary({ runs, accepted, rejected, stricter }: Tally, rate: number): string {
  const rows = (title: string, counts: ReadonlyMap<string, number>) => [
    title,
    ...[...counts].sort(([, a], [, b]) => b - a).map(([name, n]) => `${String(n).padStart(10)}  ${name}`),
  ];
  return [
    `\n${runs} tokens, ${rate} a second; no disagreement`,
    `Accepted by both: ${accepted}`,
    ...rows('Rejected by both, by our code:', rejected),
    ...rows('Rejected by us alone, by rule:', stricter),
  ].join('\n');
}

process.once('SIGINT', () => {
  interrupted = true;
});

await runCommand({
  help: HELP,
  run(args) {
    const { runs, seed } = parseFuzzArguments(args);
    return fuzz(runs, seed ?? Date.now() % MAX_SEED);
  },
});
