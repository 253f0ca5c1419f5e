import { aws_cognito as cognito, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { InitialValues } from './seeded-parameters.ts';

/** Identifier of the resource server, with which Cognito prefixes each of its scopes. */
const RESOURCE_SERVER = 'api';

/** Kept in every case but one: a failed deploy deletes what it created. */
const KEPT = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

interface MachinePoolProps {
  /** First label of the host that issues tokens; unique among all accounts in the region. */
  readonly domainPrefix: string;
}

/**
 * A Cognito user pool without users: it issues access tokens to one machine by client credentials. Pool, client
 * and resource server outlive the stack, because the parameters may still require their tokens. The domain does
 * not: its name must be free for the next pool.
 */
export class MachinePool extends Construct {
  readonly initial: InitialValues;
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly secretCommand: string;
  readonly tokenCommand: string;
  readonly deleteCommand: string;

  constructor(scope: Construct, id: string, { domainPrefix }: MachinePoolProps) {
    super(scope, id);
    const pool = new cognito.UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      // Nobody has a password here, but a user whom an administrator adds would.
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
      },
      removalPolicy: KEPT,
    });
    const scopes = ['read', 'write'].map(
      (name) => new cognito.ResourceServerScope({ scopeName: name, scopeDescription: `To ${name}` }),
    );
    const server = pool.addResourceServer('Api', { identifier: RESOURCE_SERVER, scopes });
    const client = pool.addClient('Machine', {
      generateSecret: true,
      accessTokenValidity: Duration.hours(1),
      supportedIdentityProviders: [],
      oAuth: {
        flows: { clientCredentials: true },
        scopes: scopes.map((entry) => cognito.OAuthScope.resourceServer(server, entry)),
      },
    });
    for (const kept of [server, client]) kept.applyRemovalPolicy(KEPT);
    const domain = pool.addDomain('Domain', { cognitoDomain: { domainPrefix } });

    const { region } = Stack.of(this);
    this.clientId = client.userPoolClientId;
    this.tokenUrl = `${domain.baseUrl()}/oauth2/token`;
    this.secretCommand = `aws cognito-idp describe-user-pool-client --region ${region} --user-pool-id ${pool.userPoolId} --client-id ${this.clientId} --query UserPoolClient.ClientSecret --output text`;
    this.tokenCommand = `curl -s -u "${this.clientId}:$SECRET" -d grant_type=client_credentials -d scope=${RESOURCE_SERVER}/read ${this.tokenUrl}`;
    this.deleteCommand = `aws cognito-idp delete-user-pool --region ${region} --user-pool-id ${pool.userPoolId}`;
    this.initial = {
      issuer: pool.userPoolProviderUrl,
      // Access tokens of Cognito have no "aud"; their client_id takes its place.
      audience: this.clientId,
      policy: JSON.stringify({
        providers: {
          default: {
            type: 'jwks',
            audienceClaim: 'client_id',
            // Its ID tokens are signed with the same keys.
            requiredClaims: { token_use: { equals: 'access' } },
          },
        },
      }),
    };
  }
}
