/** Peer dependencies of the package, with the oldest versions that it is tested with. */
export const PEERS = { 'aws-cdk-lib': '2.248.0', constructs: '10.5.0' } as const;

/** What the project's own package.json says about it. */
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

/** The package.json of the package. It has no dependencies and no scripts, so an install runs nothing. */
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
