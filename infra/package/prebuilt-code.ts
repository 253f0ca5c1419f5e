import { join } from 'node:path';
import { aws_lambda as lambda } from 'aws-cdk-lib';
import type { Entry } from '../bundle/entries.ts';

/** The folder of the installed package, which is of CommonJS modules. */
declare const __dirname: string;

/** The bundle of a handler that comes with the package, in place of one that would be built where it is installed. */
export function bundledCode(entry: Entry): lambda.Code {
  return lambda.Code.fromAsset(join(__dirname, 'functions', entry));
}
