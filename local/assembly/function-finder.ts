import type { Properties } from './listener-template.ts';
import type { Resource } from './template-values.ts';

/** A resource of the template, with its properties resolved. */
export interface Found {
  readonly logicalId: string;
  readonly resource: Resource;
  readonly properties: Properties;
}

/** A function, the ARN that invokes it, and the version that this ARN runs. */
export interface FoundFunction extends Found {
  readonly arn: string;
  readonly version: string;
}

/** Finds functions by the ARN that invokes them: their own, or an alias's. */
export function createFunctionFinder(
  ofType: (type: string) => readonly Found[],
  { arnOf, nameOf }: Readonly<Record<'arnOf' | 'nameOf', (logicalId: string) => string>>,
): (arn: string | undefined) => FoundFunction | undefined {
  const functions = ofType('AWS::Lambda::Function');
  const versions = ofType('AWS::Lambda::Version');
  const aliases = ofType('AWS::Lambda::Alias');
  return (arn) => {
    const itself = functions.find(({ logicalId }) => arnOf(logicalId) === arn);
    if (itself) return { ...itself, arn: arnOf(itself.logicalId), version: '$LATEST' };
    const alias = aliases.find(({ logicalId }) => arnOf(logicalId) === arn);
    const { FunctionName: name, FunctionVersion: version } = alias?.properties ?? {};
    const published = versions.some(({ properties }) => properties.FunctionName === name);
    const behind = published ? functions.find(({ logicalId }) => nameOf(logicalId) === name) : undefined;
    return arn === undefined || behind === undefined
      ? undefined
      : { ...behind, arn, version: String(version) };
  };
}
