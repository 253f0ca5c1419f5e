import { OFFERED, parameterName } from '../../../infra/release/offered-options.ts';
import {
  RELEASE_SHAPES,
  type ReleaseShape,
  type ReleaseShapeName,
} from '../../../infra/release/release-shapes.ts';
import { lookedUp, SIGNED_IN } from '../front-door/looked-up-vpc.ts';
import { templateOf } from '../synth.ts';
import type { Template, Values } from './filled.ts';

/** The app's template for the same shape, with options in place of these parameters. */
export function appTemplate(name: ReleaseShapeName, values: Values): Template {
  const { settled }: ReleaseShape = RELEASE_SHAPES[name];
  const options = OFFERED.flatMap((offered) => {
    const value = values[parameterName(offered)];
    if (value === undefined || value === '') return [];
    // Without an authorizer the template ignores this parameter, while the app rejects the option.
    if (offered.option === 'httpApiResponse' && values.Authorizer === 'false') return [];
    return [[offered.option, offered.option === 'paths' ? `${value}/*` : value]];
  });
  const context = { stackName: 'Orders', ...settled, ...Object.fromEntries(options) };
  const isLookedUp = 'vpcId' in context;
  const tier = settled.internal === 'true' ? 'Isolated' : 'Public';
  const vpc = isLookedUp ? lookedUp([tier, tier, ['a', 1], ['b', 2], ['c', 3]]) : {};
  return templateOf({ ...context, ...vpc }, isLookedUp ? SIGNED_IN : {}).toJSON() as Template;
}
