import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assetsOf, ownVersion, templateText } from '../../infra/release/assets.ts';
import { parseArguments, runCommand } from '../../tools/arguments.ts';
import { contextOf, SHAPE_NAMES } from './shapes.ts';
import { templateOf } from './synth.ts';

const HELP = `Usage: npm run lint:templates

Runs cfn-lint on the template of every shape of deployment, and on the templates of a release. If Terraform is installed, it
also checks the format of the release's module, without its provider.
Without cfn-lint, it does nothing; to install cfn-lint: pip install cfn-lint`;

/**
 * W3005: the CDK makes a function depend on its role both by DependsOn and by reference. W1030: an optional parameter of a release
 * may be empty, which is not the id of a security group, but the template does not use it then.
 */
const IGNORED = ['W3005', 'W1030'];

function run(args: readonly string[]): number {
  parseArguments(args, {});
  if (spawnSync('cfn-lint', ['--version']).status !== 0) {
    console.log('Skipped: cfn-lint is not installed. To install it: pip install cfn-lint');
    return 0;
  }
  const directory = mkdtempSync(join(tmpdir(), 'templates-'));
  try {
    const files = SHAPE_NAMES.map((name) => {
      const file = join(directory, `${name.replace('/', '-')}.json`);
      writeFileSync(file, JSON.stringify(templateOf(contextOf(name)).toJSON(), null, 1));
      return file;
    });
    for (const [name, template] of Object.entries(assetsOf(ownVersion()).templates)) {
      const file = join(directory, `${name}.release.json`);
      writeFileSync(file, templateText(template));
      files.push(file);
    }
    const { status } = spawnSync('cfn-lint', ['--ignore-checks', ...IGNORED, '--', ...files], {
      stdio: 'inherit',
    });
    if (status === 0) console.log(`cfn-lint found no problems in ${files.length} templates.`);
    return status === 0 && isReadByTerraform() ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Whether the module is well-formed; true if Terraform is not installed. */
function isReadByTerraform(): boolean {
  const module = fileURLToPath(new URL('../../infra/release/terraform', import.meta.url));
  const { status, error } = spawnSync('terraform', ['fmt', '-check', '-diff', module], { stdio: 'inherit' });
  if (error !== undefined) console.log('Skipped: Terraform is not installed, so its module was not checked.');
  return error !== undefined || status === 0;
}

await runCommand({ help: HELP, run });
