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
    'Context values of the CDK app: `npx cdk deploy -c name=value`, or under `context` in `cdk.json`. One that is',
    'unknown, malformed or contradicts another fails the synth, with every problem in one message. What they make',
    'together is shown in [the shapes of deployment](shapes/README.md).',
    '',
    '| option | default | what it does |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
