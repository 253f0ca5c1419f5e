/** The parts of a CloudFormation template that matter for resolving values. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, { readonly Default?: unknown }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

export interface Resource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** Account, region and name of the local stack. */
export interface Place {
  readonly region: string;
  readonly account: string;
  readonly stackName: string;
}

/**
 * Returns a function that replaces the intrinsic functions in a value by their values after a deploy. Throws for an
 * intrinsic that it does not know: with a guess, the stack could run something else than a deploy would.
 */
export function createResolver(template: Template, place: Place): (value: unknown) => unknown {
  const pseudo: Record<string, string> = {
    'AWS::AccountId': place.account,
    'AWS::Partition': 'aws',
    'AWS::Region': place.region,
    'AWS::StackId': `arn:aws:cloudformation:${place.region}:${place.account}:stack/${place.stackName}/${STACK_UUID}`,
    'AWS::StackName': place.stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };

  function ref(name: string): unknown {
    if (name in pseudo) return pseudo[name];
    const parameter = template.Parameters?.[name];
    if (parameter) return parameter.Default ?? '';
    return resourceRef(name);
  }

  function resourceRef(logicalId: string): string {
    const resource = template.Resources[logicalId];
    if (!resource) throw new Error(`The template refers to ${logicalId}, which it does not contain.`);
    const nameProperty = NAME_PROPERTIES[resource.Type];
    if (nameProperty === undefined) return arnOf(logicalId, resource);
    const name = resource.Properties?.[nameProperty];
    return name === undefined ? `${place.stackName}-${logicalId}` : String(resolve(name));
  }

  function getAtt(logicalId: string, attribute: string): string {
    const resource = template.Resources[logicalId];
    if (!resource) throw new Error(`The template refers to ${logicalId}, which it does not contain.`);
    if (attribute === 'Arn' || attribute.endsWith('Arn')) return arnOf(logicalId, resource);
    if (attribute === 'DNSName') return 'localhost';
    if (resource.Type === 'AWS::Lambda::Version' && attribute === 'Version') return FIRST_VERSION;
    return `${logicalId}.${attribute}`;
  }

  function arnOf(logicalId: string, resource: Resource): string {
    const named = (service: string, path: string) =>
      `arn:aws:${service}:${place.region}:${place.account}:${path}`;
    switch (resource.Type) {
      case 'AWS::Lambda::Function':
        return named('lambda', `function:${resourceRef(logicalId)}`);
      case 'AWS::Lambda::Version':
        return named('lambda', `function:${resolve(resource.Properties?.FunctionName)}:${FIRST_VERSION}`);
      case 'AWS::Lambda::Alias': {
        const { FunctionName, Name } = resource.Properties ?? {};
        return named('lambda', `function:${resolve(FunctionName)}:${resolve(Name)}`);
      }
      case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
        return named('elasticloadbalancing', `loadbalancer/app/${logicalId}/0000000000000000`);
      case 'AWS::ElasticLoadBalancingV2::TargetGroup':
        return named('elasticloadbalancing', `targetgroup/${logicalId}/0000000000000000`);
      default:
        return named(resource.Type.split('::')[1]?.toLowerCase() ?? 'local', logicalId);
    }
  }

  function resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [only] = entries;
    if (entries.length === 1 && only && (only[0] === 'Ref' || only[0].startsWith('Fn::'))) {
      return intrinsic(only[0], only[1]);
    }
    return Object.fromEntries(
      entries.map(([name, member]) => [name, resolve(member)]).filter(([, member]) => member !== undefined),
    );
  }

  function intrinsic(name: string, argument: unknown): unknown {
    if (name === 'Ref') return argument === 'AWS::NoValue' ? undefined : ref(String(argument));
    if (name === 'Fn::GetAtt') {
      const [logicalId = '', ...attribute] = Array.isArray(argument) ? argument : String(argument).split('.');
      return getAtt(String(logicalId), attribute.join('.'));
    }
    if (name === 'Fn::Sub') return substitute(argument);
    const values = resolve(argument);
    if (Array.isArray(values)) {
      const [first, second] = values;
      if (name === 'Fn::Join' && Array.isArray(second)) return second.map(String).join(String(first));
      if (name === 'Fn::Select' && Array.isArray(second)) return second[Number(first)];
      if (name === 'Fn::Split') return String(second).split(String(first));
    }
    throw new Error(
      `The template uses ${name} where the local stack cannot resolve it: ${JSON.stringify(argument)}`,
    );
  }

  function substitute(argument: unknown): string {
    const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
    const variables = (resolve(given) ?? {}) as Record<string, unknown>;
    return String(text).replace(/\$\{([^!}][^}]*)\}/g, (_, name: string) => {
      if (name in variables) return String(variables[name]);
      const dot = name.indexOf('.');
      return String(dot < 0 ? ref(name) : getAtt(name.slice(0, dot), name.slice(dot + 1)));
    });
  }

  return resolve;
}

/** The last part of the stack's id; templates use its parts in names. */
const STACK_UUID = '00000000-0000-0000-0000-000000000000';

/** A template has only one version of a function. */
const FIRST_VERSION = '1';

// The resource types whose `Ref` is a name, with the property that sets the name; elsewhere `Ref` is the ARN.
const NAME_PROPERTIES: Readonly<Record<string, string>> = {
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::IAM::Role': 'RoleName',
};
