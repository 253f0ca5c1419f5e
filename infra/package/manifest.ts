/** What the package needs of the consumer, by the oldest versions that it is tried with. */
export const PEERS = { 'aws-cdk-lib': '2.248.0', constructs: '10.5.0' } as const;

/** What is said of the project in its own package.json. */
export interface ProjectManifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly engines: Readonly<Record<string, string>>;
  readonly keywords?: readonly string[];
  readonly repository?: unknown;
  readonly homepage?: string;
  readonly bugs?: unknown;
}

/** The package.json of the package: no dependencies, no scripts, and so nothing that runs when it is installed. */
export function packageManifest(project: ProjectManifest, files: readonly string[]): object {
  const { name, version, description, license, engines, keywords, repository, homepage, bugs } = project;
  return {
    ...{ name, version, description, license, keywords, repository, homepage, bugs, engines },
    main: 'index.js',
    types: 'index.d.ts',
    exports: {
      '.': {
        import: { types: './index.d.mts', default: './index.mjs' },
        require: { types: './index.d.ts', default: './index.js' },
      },
      './schema/*.json': './schema/*.json',
      './package.json': './package.json',
    },
    files,
    peerDependencies: Object.fromEntries(Object.entries(PEERS).map(([peer, oldest]) => [peer, `^${oldest}`])),
  };
}
