import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError, parseArguments, runCommand } from '../../tools/arguments.ts';
import { cdk, fakeAccount, projectIn } from './cloud.ts';
import { checkReplacedBy, findPython, INSTALL, startAws } from './moto.ts';
import { stopAll } from './processes.ts';
import { rehearse } from './rehearsal.ts';
import { rehearseRelease } from './release-rehearsal.ts';
import { rehearseRollback, rehearseRules } from './rule-rehearsal.ts';
import { rehearseSafety } from './safety-rehearsal.ts';
import { rehearseShapes } from './shape-rehearsal.ts';
import { REHEARSED, type RehearsedShape } from './shapes.ts';
import { stepsOf } from './step.ts';
import { prepareSurroundings } from './surroundings.ts';
import { rehearseTeams } from './team-rehearsal.ts';
import { rehearseTransitions } from './transition-rehearsal.ts';
import { rehearseUpgrade } from './upgrade-rehearsal.ts';
import { QUICK_WALK, WALK } from './walk.ts';

const SHAPE_LIST = REHEARSED.map((name) => `                  ${name}`).join('\n');

const HELP = `Usage: npm run test:deploy [-- --quick | --transitions | --teams | --release | [--from REVISION] [--only SHAPE]] [--verbose]

Rehearses deploys against an AWS API in memory: moto's server with a CloudFormation that follows AWS's order
(create, replace, modify, then remove; or roll back) and AWS's rules, and that runs custom resources with the
function's uploaded code. Needs no AWS account and no Docker. In this order:

  the default stack  cdk bootstrap and cdk deploy with the pinned CLI; read back listener, rule, permission and
                     parameters; set the issuer with the printed command; deploy again, which keeps it; renew the
                     snapshot with the rule's events; run the deployed function's own code with load balancer events,
                     from the snapshot alone and without one; set and undo a policy and a revocation with npm run
                     policy; deploy a second stack and move its parameters to another path; roll back a failed
                     update and a failed create; destroy, which keeps the parameters
  safety             gradual deployments that alarms stop, a changed KMS key, deletion protection
  teams              two stacks on one listener: follow docs/guides/shared-load-balancer.md with the CLIs of CDK and AWS, and
                     see that each step leaves the other stack as it was
  transitions        one stack goes from shape to shape, with parameters edited by hand
  shapes             deploy each shape by itself, read it back, update it with edited parameters, destroy it

  --quick        leave out the shapes and most of the transitions
  --transitions  rehearse only the transitions, but all of them
  --teams        rehearse only the two stacks on one listener
  --release      rehearse only the templates and zips of \`npm run release:assets\`: create, change, upgrade, roll back
                 and delete them as they are, without the CDK
  --only SHAPE   rehearse only this shape, one of:
${SHAPE_LIST}
  --from REVISION rehearse the update of a stack that an earlier revision deployed, and its rollback; the stack
                 is a rule on an existing listener, or the shape in --only
  --verbose      print the output of the CDK CLI and the function
  --help         print this text

Without moto the rehearsal is skipped; to install it: ${INSTALL}`;

interface Chosen {
  readonly verbose: boolean;
  readonly quick: boolean;
  readonly transitions: boolean;
  readonly teams: boolean;
  readonly release: boolean;
  readonly only: RehearsedShape | undefined;
  /** A revision of this repository. */
  readonly from: string | undefined;
}

function parseChoice(args: readonly string[]): Chosen {
  const { values } = parseArguments(args, {
    verbose: { type: 'boolean' },
    quick: { type: 'boolean' },
    transitions: { type: 'boolean' },
    teams: { type: 'boolean' },
    release: { type: 'boolean' },
    only: { type: 'string' },
    from: { type: 'string' },
  });
  const {
    verbose = false,
    quick = false,
    transitions = false,
    teams = false,
    release = false,
    from,
  } = values;
  const only = REHEARSED.find((name) => name === values.only);
  const named = values.only !== undefined || from !== undefined;
  const several = [quick, transitions, teams, release, named].filter(Boolean).length;
  if (several > 1) {
    throw new ArgumentError(
      '--quick, --transitions, --teams, --release, and --only or --from exclude each other: give only one of them.',
    );
  }
  if (values.only !== undefined && only === undefined) {
    throw new ArgumentError(`--only must name a rehearsed shape: ${REHEARSED.join(', ')}.`);
  }
  return { verbose, quick, transitions, teams, release, only, from };
}

async function run(args: readonly string[]): Promise<number> {
  const chosen = parseChoice(args);
  const python = await findPython();
  if (python === undefined) {
    console.log(`Skipped, nothing was rehearsed: no Python here has moto. To install it: ${INSTALL}`);
    return 0;
  }
  const directory = mkdtempSync(join(tmpdir(), 'deploy-test-'));
  try {
    await rehearseAll(python, directory, chosen);
    return 0;
  } catch (error) {
    // After a signal, errors only come from waiting for the children that it ended.
    if (signalled === undefined) console.error(error instanceof Error ? error.stack : error);
    return 1;
  } finally {
    await stopAll();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function rehearseAll(python: string, directory: string, chosen: Chosen): Promise<void> {
  const { verbose, quick, transitions, teams, release, only, from } = chosen;
  const endpoint = await startAws(python, directory);
  const project = projectIn(directory);
  const options = { endpoint, directory, project, verbose };
  const env = fakeAccount(endpoint, directory);
  if (release) return rehearseRelease(options, await prepareSurroundings(endpoint));
  const bootstrap = ['bootstrap', '--output', join(directory, 'cdk.out')];
  await stepsOf(options)('cdk bootstrap', () => cdk(bootstrap, { env, project }));
  if (teams) return rehearseTeams(options, await prepareSurroundings(endpoint));
  if (from !== undefined) {
    const upgrade = { revision: from, shape: only ?? 'existing-listener' } as const;
    return rehearseUpgrade(options, await prepareSurroundings(endpoint), upgrade);
  }
  if (only === undefined) {
    await stepsOf(options)("replaced-by.json matches CloudFormation's schemas", () =>
      checkReplacedBy(python),
    );
    await rehearseRules(options);
    await rehearseRollback(options);
  }
  if (!transitions && only === undefined) await rehearse(options);
  const surroundings = await prepareSurroundings(endpoint);
  if (!transitions && only === undefined) await rehearseSafety(options, surroundings);
  if (!quick && !transitions && only === undefined) await rehearseTeams(options, surroundings);
  if (only === undefined) await rehearseTransitions(options, surroundings, quick ? QUICK_WALK : WALK);
  if (!quick && !transitions) {
    await rehearseShapes(options, surroundings, only === undefined ? REHEARSED : [only]);
  }
  if (quick) console.log('--quick left out each shape by itself and most of the transitions');
}

let signalled: string | undefined;

// Ending the children fails whatever waits for them, and `run` cleans up as after any failure.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, async () => {
    signalled = signal;
    console.error(`\nStopped by ${signal}`);
    await stopAll();
  });
}

await runCommand({ help: HELP, run });
