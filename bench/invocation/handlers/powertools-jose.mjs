/** An authorizer for an HTTP API on jose that logs with Powertools, as their documentation shows. */
import { Logger } from '@aws-lambda-powertools/logger';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const logger = new Logger({ serviceName: 'authorizer' });
const keys = createRemoteJWKSet(new URL(process.env.JWKS_URI));

export const handler = async (event, context) => {
  logger.addContext(context);
  try {
    const token = event.headers.authorization.replace('Bearer ', '');
    const { payload } = await jwtVerify(token, keys, {
      issuer: process.env.ISSUER,
      audience: process.env.AUDIENCE,
    });
    logger.info('authorized', { sub: payload.sub });
    return { isAuthorized: true, context: { sub: payload.sub } };
  } catch (error) {
    logger.warn('rejected', error);
    return { isAuthorized: false };
  }
};
