import { PARAMETERS, type ParameterName } from '../../lambda/contract.ts';
import { type Ssm, startSsm } from '../../local/ssm/server.ts';
import { jwksOf, type SigningKey } from '../support/keys.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';

/** An endpoint that responds to every request with the key set of these keys. */
export const startKeyEndpoint = (...keys: SigningKey[]): Promise<RecordingUpstream> =>
  startRecordingUpstream((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(jwksOf(...keys)));
  });

/** A parameter store with all parameters under /app. Those that are not given have their initial values. */
export const startParameters = (values: { readonly [name in ParameterName]?: string }): Promise<Ssm> =>
  startSsm({
    port: 0,
    region: 'us-east-1',
    account: '000000000000',
    log: () => {},
    parameters: (Object.keys(PARAMETERS) as ParameterName[]).map((name) => ({
      name: `/app/${name}`,
      type: PARAMETERS[name].type,
      description: PARAMETERS[name].description,
      value: values[name] ?? PARAMETERS[name].initial,
    })),
  });
