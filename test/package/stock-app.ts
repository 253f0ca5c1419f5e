import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENTRIES } from '../../infra/bundle/entries.ts';
import { command } from './commands.ts';
import { sha256 } from './contents.ts';
import { type Example, stacksOf } from './examples.ts';

/** Versions for a stock app. */
export interface Versions {
  /** Version of the CDK CLI, from whose template the app is made. */
  readonly cli: string;
  readonly library: string;
  readonly constructs: string;
}

interface StockApp {
  /** An empty folder. */
  readonly folder: string;
  readonly versions: Versions;
  /** The packed package. */
  readonly tarball: string;
  readonly examples: readonly Example[];
}

/**
 * Makes an app as `cdk init app --language typescript` does, installs the package, and lets the app's own commands build,
 * test and synthesize the examples of the docs. Then does the same with an ES module. Throws if one of them fails.
 */
export function tryStockApp({ folder, versions, tarball, examples }: StockApp): void {
  const { cli, library, constructs } = versions;
  const npx = (...args: string[]) => command(folder, 'npx', ['--yes', ...args]);
  npx(`aws-cdk@${cli}`, 'init', 'app', '--language', 'typescript', '--generate-only');
  command(folder, 'npm', [
    'install',
    '--save-exact',
    `aws-cdk-lib@${library}`,
    `constructs@${constructs}`,
    tarball,
  ]);
  const stacks = stacksOf(examples);
  for (const { name, code } of stacks) writeFileSync(join(folder, 'lib', `${name}.ts`), code);
  const imports = (from: string) =>
    stacks.map(({ name }) => `import { ${name} } from '${from}/${name}';`).join('\n');
  const made = stacks.map(({ name }) => `new ${name}(app, '${name}');`).join('\n');
  const [bin = ''] = readdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'bin', bin),
    `import { App } from 'aws-cdk-lib';\n${imports('../lib')}\nconst app = new App();\n${made}\n`,
  );
  const [test = ''] = readdirSync(join(folder, 'test'));
  writeFileSync(
    join(folder, 'test', test),
    testOf(
      imports('../lib'),
      stacks.map(({ name }) => name),
    ),
  );
  // Stock commands, whose output is left as it is.
  command(folder, 'npm', ['run', 'build']);
  command(folder, 'npm', ['test']);
  npx('cdk', 'synth', '--quiet');
  sameFunctions(join(folder, 'cdk.out'), folder);
  onlyThePackage(folder);
  fromEsModule(folder);
}

/** A test of the kind that the stock app has in comments. */
const testOf = (imports: string, names: readonly string[]): string => `import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AlbJwtAuthorizer } from 'alb-jwt-authorizer';
${imports}

test.each([${names.join(', ')}])('%p deploys functions of the package', (Example) => {
  const template = Template.fromStack(new Example(new App(), 'Example'));
  template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'configuration-handler.handler' });
});

test('one error lists every problem', () => {
  const stack = new (class extends ${names[0]} {})(new App(), 'Wrong');
  expect(() => new AlbJwtAuthorizer(stack, 'Bad', { configPath: 'orders', memorySize: 1, rejectionRatePercent: 0 })).toThrow(
    /3 options are wrong:[^]*configPath must be[^]*memorySize must be[^]*rejectionRatePercent must be/,
  );
});
`;

/** Checks the code that would be uploaded against the hashes in the package. */
function sameFunctions(assembly: string, folder: string): void {
  const sums = readFileSync(join(folder, 'node_modules/alb-jwt-authorizer/functions/SHA256SUMS'), 'utf8');
  const uploaded = readdirSync(assembly, { recursive: true, encoding: 'utf8' }).filter((file) =>
    ENTRIES.some((entry) => file.endsWith(`/${entry}.mjs`)),
  );
  if (uploaded.length === 0) throw new Error('The synthesized app uploads no function of the package.');
  const others = uploaded.filter((file) => !sums.includes(sha256(join(assembly, file))));
  if (others.length > 0)
    throw new Error(`The app would upload code that was not tested: ${others.join(', ')}.`);
}

/** The package must have no dependencies: no SDK, and no binary of Node.js. */
function onlyThePackage(folder: string): void {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const { dependencies, optionalDependencies, hasInstallScript } =
    packages['node_modules/alb-jwt-authorizer'];
  if (dependencies ?? optionalDependencies ?? hasInstallScript) {
    throw new Error('The package has dependencies, or runs something when it is installed.');
  }
}

/** An app of ES modules, with the same package and CDK as the stock one. */
function fromEsModule(folder: string): void {
  const app = join(folder, 'es-module');
  mkdirSync(app);
  writeFileSync(
    join(app, 'app.mjs'),
    `import { App, Stack } from 'aws-cdk-lib';
import { AlbJwtAuthorizer, VerifierTarget } from 'alb-jwt-authorizer';
import { createRequire } from 'node:module';
const stack = new Stack(new App(), 'EsModule');
const { verifier } = new AlbJwtAuthorizer(stack, 'Orders', { configPath: '/orders', policy: 'policy.json' });
if (!(verifier instanceof createRequire(import.meta.url)('alb-jwt-authorizer').VerifierTarget)) throw new Error('A class exists twice.');
if (!(verifier instanceof VerifierTarget)) throw new Error('It is not a VerifierTarget.');
stack.node.root.synth();
`,
  );
  writeFileSync(
    join(app, 'policy.json'),
    JSON.stringify({ routes: [{ path: '/api/orders/*', scopes: ['orders:read'] }] }),
  );
  command(app, process.execPath, ['app.mjs']);
  writeFileSync(
    join(app, 'policy.json'),
    JSON.stringify({ routes: [{ path: '/api/orders/*', scops: ['x'] }] }),
  );
  let rejected = '';
  try {
    command(app, process.execPath, ['app.mjs']);
  } catch (error) {
    rejected = String(error);
  }
  if (!/routes\.0\.scops/.test(rejected))
    throw new Error(`A wrong policy was not refused as one: ${rejected}`);
}
