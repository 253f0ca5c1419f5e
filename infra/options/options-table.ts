import { OPTIONS } from './options.ts';

/** The options as docs/options.md lists them. `npm run docs:options` writes it. */
export function optionsTable(): string {
  const rows = Object.entries(OPTIONS).map(([name, { default: fallback, description }]) => {
    const value = fallback === undefined ? '–' : `\`${fallback}\``;
    return `| \`${name}\` | ${value} | ${description.replaceAll('|', '\\|')} |`;
  });
  return [
    '# Options',
    '',
    'Keep options in a stage file, `stages/NAME.json`, and deploy it with `npx cdk deploy -c stage=NAME`. A deploy resets every option',
    'that you leave out, so an option that you forget on the command line silently changes the stack. `-c name=value` overrides the',
    'stage, and the synth warns about it. The synth fails if an option is unknown, malformed or at odds with another. One message',
    'lists every problem, each with its line in the file.',
    '',
    'In the file, write numbers, booleans and lists as JSON, or as the string that the command line accepts. Editors that support JSON',
    'Schema complete and check the file with [`schema/stage.schema.json`](../schema/stage.schema.json). File names are relative to the folder',
    'in which you run the CDK CLI. [The shapes of deployment](shapes/README.md) show what the options do together.',
    '',
    '| option | default | what it does |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
