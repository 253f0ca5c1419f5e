/** An authorizer for an HTTP API as a team would write it, with the AWS SDK for parameters and jose for keys and tokens. */
import { GetParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const ssm = new SSMClient({});
const names = ['issuer', 'audience', 'jwks-uri'];
const { Parameters } = await ssm.send(
  new GetParametersCommand({ Names: names.map((name) => `${process.env.CONFIG_PATH}/${name}`) }),
);
const [issuer, audience, jwksUri] = names.map(
  (name) => Parameters.find(({ Name }) => Name === `${process.env.CONFIG_PATH}/${name}`).Value,
);
const keys = createRemoteJWKSet(new URL(jwksUri));

export const handler = async (event) => {
  try {
    const token = event.headers.authorization.replace('Bearer ', '');
    const { payload } = await jwtVerify(token, keys, { issuer, audience });
    return { isAuthorized: true, context: { sub: payload.sub } };
  } catch {
    return { isAuthorized: false };
  }
};
