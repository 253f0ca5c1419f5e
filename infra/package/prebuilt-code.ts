import { join } from 'node:path';
import { aws_lambda as lambda } from 'aws-cdk-lib';
import type { Entry } from '../bundle/entries.ts';

/** The folder of the installed package, whose modules are CommonJS. */
declare const __dirname: string;

/** A handler's bundle from the package, which replaces building it at the consumer's. */
export function bundledCode(entry: Entry): lambda.Code {
  return lambda.Code.fromAsset(join(__dirname, 'functions', entry));
}
