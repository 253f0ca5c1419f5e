import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';

interface Declarations {
  readonly root: string;
  /** An empty folder for intermediate files. */
  readonly scratch: string;
  /** The one file of declarations to write. */
  readonly output: string;
  /** The report of the public types. */
  readonly report: string;
}

const ENTRY = 'infra/package/public-api';

/** Writes the declarations of the package as one file, and the report of what is public. Throws if something public is undocumented. */
export function writeDeclarations({ root, scratch, output, report }: Declarations): void {
  compile(root, scratch);
  for (const file of readdirSync(scratch, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.d.ts')) withoutTypeScriptNames(join(scratch, file));
  }
  // Not earlier: the loop above follows links, and would write into the project's packages.
  symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
  mkdirSync(join(scratch, 'report'));
  extract(scratch, output);
  closeConstructors(output);
  cpSync(join(scratch, 'report', REPORT), report);
}

/** Lets the compiler write a file of declarations for each module. */
function compile(root: string, scratch: string): void {
  const config = join(scratch, 'tsconfig.declarations.json');
  writeJson(config, {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: root,
      outDir: scratch,
      typeRoots: [join(root, 'node_modules/@types')],
    },
    include: [],
    exclude: [],
    files: [join(root, `${ENTRY}.ts`)],
  });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', config], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The declarations cannot be compiled. ${stdout}`);
}

/** Makes declarations import each other by the names of the JavaScript files. */
function withoutTypeScriptNames(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/((?:from |import\()(['"])\.[^'"]+)\.ts\2/g, '$1.js$2'));
}

/**
 * Declares internal constructors as private. Without one in its declaration, a class would seem to have that of Construct,
 * which lacks the properties that it needs.
 */
function closeConstructors(file: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replaceAll('/* Excluded from this release type: __constructor */', 'private constructor();'),
  );
}

const REPORT = 'alb-jwt-authorizer.api.md';

function extract(scratch: string, output: string): void {
  const manifest = join(scratch, 'package.json');
  writeJson(manifest, { name: 'alb-jwt-authorizer', version: '0.0.0', type: 'module' });
  const tsconfig = join(scratch, 'tsconfig.json');
  writeJson(tsconfig, {
    compilerOptions: {
      ...{ target: 'es2023', lib: ['es2023'], module: 'nodenext', types: ['node'] },
      ...{ strict: true, skipLibCheck: true },
    },
    files: [`${ENTRY}.d.ts`],
  });
  const problems: string[] = [];
  const { succeeded } = Extractor.invoke(
    ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: manifest,
      configObject: {
        projectFolder: scratch,
        mainEntryPointFilePath: join(scratch, `${ENTRY}.d.ts`),
        compiler: { tsconfigFilePath: tsconfig },
        newlineKind: 'lf',
        apiReport: {
          enabled: true,
          reportFolder: join(scratch, 'report'),
          reportTempFolder: join(scratch, 'report-draft'),
          reportFileName: REPORT.replace(/\.api\.md$/, ''),
        },
        docModel: { enabled: false },
        dtsRollup: { enabled: true, untrimmedFilePath: '', publicTrimmedFilePath: output },
        tsdocMetadata: { enabled: false },
      },
    }),
    {
      localBuild: true,
      messageCallback(message) {
        message.handled = true;
        const { messageId, text, sourceFilePath = '', logLevel } = message;
        // Whatever has no release tag is public. Only its tag marks a class's member as internal.
        const isFine = /^ae-(?:missing-release-tag|internal-missing-underscore)$/.test(messageId);
        const isOurs = /^(?:ae|tsdoc|TS)/.test(messageId);
        if (isOurs && !isFine && logLevel !== 'none') {
          problems.push(`${relative(scratch, sourceFilePath)}: ${text} (${messageId})`);
        }
      },
    },
  );
  if (problems.length > 0 || !succeeded) {
    throw new Error(`The public types are not fit to publish.\n${problems.join('\n')}`);
  }
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}
