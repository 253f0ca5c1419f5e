import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment, LambdaFunction, SeedParameter, TargetGroup } from './deployment.ts';
import { createFunctionFinder, type FoundFunction } from './function-finder.ts';
import { type Properties, readAction, readCondition } from './listener-template.ts';
import { createResolver, type Place, type Resource, type Template } from './template-values.ts';

/** The custom resource whose function creates the parameters. */
const SEEDS = 'Custom::AlbJwtAuthorizerConfiguration';

/** Account and region of the local stack, for templates that name none. */
const LOCAL = { region: 'us-east-1', account: '000000000000' };

/**
 * Reads what the local stack needs from a synthesized cloud assembly (`cdk.out`), the stack's only source about the
 * project. Throws an error that names anything that it cannot emulate.
 */
export function readDeployment(directory: string): Deployment {
  const { template, assets, stackName } = readStack(directory);
  const place: Place = { ...LOCAL, stackName };
  const resolve = createResolver(template, place);
  // Resolves only the resources that it needs: the network's use intrinsics that the resolver does not know.
  const ofType = (type: string) =>
    Object.entries(template.Resources)
      .filter(([, resource]) => resource.Type === type)
      .map(([logicalId, resource]) => ({
        logicalId,
        resource,
        properties: resolve(resource.Properties ?? {}) as Properties,
      }));
  const arn = (logicalId: string) => String(resolve({ 'Fn::GetAtt': [logicalId, 'Arn'] }));
  const nameOf = (logicalId: string) => String(resolve({ Ref: logicalId }));

  const rules = ofType('AWS::ElasticLoadBalancingV2::ListenerRule').map(({ properties }) => ({
    listener: properties.ListenerArn,
    priority: Number(properties.Priority),
    conditions: list(properties.Conditions).map(readCondition),
    action: readAction(list(properties.Actions)),
  }));
  // With a certificate there is a second listener, on port 80, that only redirects.
  const listeners = ofType('AWS::ElasticLoadBalancingV2::Listener').map(({ logicalId, properties }) => ({
    rules: rules.filter(({ listener }) => listener === arn(logicalId)),
    properties,
  }));
  const listener =
    listeners.find((candidate) => candidate.rules.length > 0) ?? listeners[0] ?? existingListener(rules);
  if (!listener) throw new Error(`The template in ${directory} has no listener.`);

  const loadBalancer = ofType('AWS::ElasticLoadBalancingV2::LoadBalancer')[0]?.properties;
  const targetGroups = new Map<string, TargetGroup>();
  let target: string | undefined;
  for (const { logicalId, properties } of ofType('AWS::ElasticLoadBalancingV2::TargetGroup')) {
    if (properties.TargetType !== 'lambda')
      throw new Error(`Target group ${logicalId} does not have a function as its target.`);
    target ??= String(list(properties.Targets)[0]?.Id);
    targetGroups.set(arn(logicalId), {
      arn: arn(logicalId),
      multiValueHeaders:
        attribute(properties.TargetGroupAttributes, 'lambda.multi_value_headers.enabled') === 'true',
    });
  }

  const functions = createFunctionFinder(ofType, { arnOf: arn, nameOf });
  const forApis = ofType('AWS::Lambda::Permission')
    .filter(({ properties }) => properties.Principal === 'apigateway.amazonaws.com')
    .map(({ properties }) => properties.FunctionName);
  const readFound = ({ logicalId, properties, resource, ...invoked }: FoundFunction): LambdaFunction =>
    readFunction(properties, {
      ...invoked,
      name: nameOf(logicalId),
      directory: join(directory, assetPath(resource, properties, assets)),
    });
  const lambda = functions(target);
  const authorizer = forApis
    .map(String)
    .map(functions)
    .find((found) => found !== undefined);
  if (!lambda) throw new Error(`The template in ${directory} has no function behind a target group.`);
  const seeds = ofType(SEEDS);
  const configuration = seeds
    .map(({ properties }) => functions(String(properties.ServiceToken)))
    .find((found) => found !== undefined);
  if (!configuration) throw new Error(`The template in ${directory} has no function behind a ${SEEDS}.`);

  return {
    stackName,
    stackId: String(resolve({ Ref: 'AWS::StackId' })),
    region: place.region,
    account: place.account,
    listener: {
      rules: listener.rules,
      defaultAction: readAction(list(listener.properties.DefaultActions)),
    },
    dropInvalidHeaderFields:
      attribute(loadBalancer?.LoadBalancerAttributes, 'routing.http.drop_invalid_header_fields.enabled') ===
      'true',
    targetGroups,
    lambda: readFound(lambda),
    authorizer: authorizer && readFound(authorizer),
    configuration: readFound(configuration),
    parameters: seeds.flatMap(({ properties }) => readParameters(properties)),
  };
}

/** An existing listener, which the template does not contain. Its other rules are unknown here, so its default is a 404. */
function existingListener<Rule>(rules: readonly Rule[]) {
  if (rules.length === 0) return undefined;
  const DefaultActions = [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }];
  return { rules, properties: { DefaultActions } };
}

function readFunction(
  properties: Properties,
  identity: Pick<LambdaFunction, 'arn' | 'version' | 'name' | 'directory'>,
): LambdaFunction {
  const environment = (properties.Environment as Properties | undefined)?.Variables ?? {};
  const logging = (properties.LoggingConfig ?? {}) as Properties;
  return {
    ...identity,
    handler: String(properties.Handler),
    runtime: String(properties.Runtime),
    timeoutSeconds: Number(properties.Timeout ?? 3),
    memoryMegabytes: Number(properties.MemorySize ?? 128),
    environment: Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, String(value)]),
    ),
    logGroup: String(logging.LogGroup ?? `/aws/lambda/${identity.name}`),
  };
}

/** The parameters that the function behind the custom resource would create. */
function readParameters({ Path, Parameters, StringLists }: Properties): SeedParameter[] {
  const lists = Array.isArray(StringLists) ? StringLists : [];
  return Object.entries(Parameters ?? {}).map(([name, value]) => ({
    name: `${Path}/${name}`,
    type: lists.includes(name) ? 'StringList' : 'String',
    value: String(value),
  }));
}

interface Manifest {
  readonly artifacts?: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly displayName?: string;
        readonly properties?: {
          readonly templateFile?: string;
          readonly file?: string;
          readonly stackName?: string;
        };
      }
    >
  >;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string };
        readonly destinations: Readonly<Record<string, { readonly objectKey: string }>>;
      }
    >
  >;
}

function readStack(directory: string): { template: Template; assets: AssetManifest; stackName: string } {
  const artifacts = Object.entries(readJson<Manifest>(join(directory, 'manifest.json')).artifacts ?? {});
  const stacks = artifacts.filter(([, { type }]) => type === 'aws:cloudformation:stack');
  const [id, stack] = stacks[0] ?? [];
  if (stacks.length !== 1 || id === undefined || !stack?.properties?.templateFile) {
    throw new Error(`The local stack runs one CDK stack; ${directory} has ${stacks.length}.`);
  }
  const manifest = artifacts.find(
    ([name, { type }]) => type === 'cdk:asset-manifest' && name === `${id}.assets`,
  );
  const file = manifest?.[1].properties?.file;
  return {
    template: readJson<Template>(join(directory, stack.properties.templateFile)),
    assets: file === undefined ? {} : readJson<AssetManifest>(join(directory, file)),
    stackName: stack.properties.stackName ?? id,
  };
}

function assetPath(resource: Resource, properties: Properties, assets: AssetManifest): string {
  const path = resource.Metadata?.['aws:asset:path'];
  if (typeof path === 'string') return path;
  // An app can turn this metadata off, but the asset manifest always has the object key.
  const key = (properties.Code as Properties | undefined)?.S3Key;
  for (const { source, destinations } of Object.values(assets.files ?? {})) {
    const uploaded = Object.values(destinations).some(({ objectKey }) => objectKey === key);
    if (uploaded && source.path !== undefined) return source.path;
  }
  throw new Error(
    `No asset of the assembly is the code of the function (${JSON.stringify(properties.Code)}).`,
  );
}

function attribute(attributes: unknown, key: string): unknown {
  return list(attributes).find((candidate) => candidate.Key === key)?.Value;
}

function list(value: unknown): Properties[] {
  return Array.isArray(value) ? value : [];
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}
