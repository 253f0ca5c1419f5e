import { readFileSync } from 'node:fs';

/** An example of the docs: the body of a stack's constructor and its imports. */
export interface Example {
  readonly name: string;
  readonly imports: string;
  readonly body: string;
}

/** The examples of docs/package.md, each by its heading. */
export function examplesIn(file: string): readonly Example[] {
  const [, ...sections] = readFileSync(file, 'utf8').split(/^## /m);
  return sections.flatMap((section) => {
    const code = /^```ts\n([\s\S]*?)^```$/m.exec(section)?.[1];
    if (code === undefined) return [];
    const [heading = ''] = section.split('\n');
    const lines = code.split('\n');
    return {
      name: heading.replace(/(?:^|\W+)(\w)/g, (_, first: string) => first.toUpperCase()),
      imports: lines.filter((line) => line.startsWith('import ')).join('\n'),
      body: lines.filter((line) => !line.startsWith('import ')).join('\n'),
    };
  });
}

/** A module with a stack for each example. */
export function stacksOf(
  examples: readonly Example[],
): readonly { readonly name: string; readonly code: string }[] {
  return examples.map(({ name, imports, body }) => ({
    name,
    code: `import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
${imports}

export class ${name} extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
${body}
  }
}
`,
  }));
}
