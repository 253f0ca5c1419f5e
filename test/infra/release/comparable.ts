import { filled, nameless, type Template, type Values } from './filled.ts';

const ID = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/Orders/11111111-2222-3333-4444-555555555555';

/** The pseudo parameters: the stack's name, account and region. */
export const STACK = {
  'AWS::StackName': 'Orders',
  'AWS::StackId': ID,
  'AWS::AccountId': '123456789012',
  'AWS::Region': 'eu-west-1',
  'AWS::Partition': 'aws',
};

/**
 * The resources and outputs of a template with some values, without the intended differences between a release and the app: where the
 * code is, the release's version in descriptions, names that end in a hash or (of a target group) are one, and how a template expresses
 * dependencies.
 */
export function comparable(template: Template, values: Values) {
  const { Resources, Outputs } = filled(template, values, STACK);
  const groups = Object.values(Resources).flatMap(({ Type, Properties }) =>
    Type === 'AWS::ElasticLoadBalancingV2::TargetGroup' ? [(Properties as { Name: string }).Name] : [],
  );
  const anonymous = (text: string) =>
    groups.reduce((all, name) => all.replaceAll(name, 'TARGET-GROUP'), text);
  // The CDK appends a hash of the stack's name to them.
  const named = (properties: Record<string, unknown>) =>
    Object.fromEntries(
      Object.entries(properties).map(([name, value]) => {
        if (name === 'PolicyName')
          return [
            name,
            String(value)
              .replace('Orders', '')
              .replace(/[0-9A-F]{8}$/, ''),
          ];
        return name === 'GroupDescription'
          ? [name, String(value).replace(/(?<=ELB OrdersLoadBalancer)\w+$/, '')]
          : [name, value];
      }),
    );
  const resources = Object.entries(Resources).map(([id, { Metadata, DependsOn = [], ...resource }]) => {
    const { After = [] } = (Metadata ?? {}) as { readonly After?: readonly { readonly Ref: string }[] };
    const {
      Code: _,
      CodeSha256,
      Description,
      ...properties
    } = resource.Properties as Record<string, unknown>;
    const isVersion = resource.Type === 'AWS::Lambda::Version';
    const described =
      Description === undefined || isVersion
        ? {}
        : { Description: String(Description).replace(/ \(release [^)]*\)$/, '') };
    const after = [DependsOn, After.map(({ Ref }) => Ref)].flat();
    return [id, { ...resource, DependsOn: after, Properties: { ...named(properties), ...described } }];
  });
  const { Release: _, ...outputs } = Outputs;
  const plain = { Resources: Object.fromEntries(resources), Outputs: outputs };
  return nameless(JSON.parse(anonymous(JSON.stringify(plain))));
}
