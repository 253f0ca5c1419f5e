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
    "They belong in a stage's file, `stages/NAME.json`, with which `npx cdk deploy -c stage=NAME` deploys. A deploy changes what an",
    'option has been left out of since, so an option that is forgotten once on the command line changes the stack. What is given by',
    '`-c name=value` on top of a stage counts, and the synth warns about it. One that is unknown, malformed or contradicts another',
    'fails the synth, with every problem in one message and its line in the file.',
    '',
    "In the file, numbers, `true` and `false` and lists are JSON's own, or text as on the command line. Editors that know JSON",
    'Schema complete and check it by [`schema/stage.schema.json`](../schema/stage.schema.json). File names are seen from where the CDK',
    'CLI runs. What the options make together is shown in [the shapes of deployment](shapes/README.md).',
    '',
    '| option | default | what it does |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
