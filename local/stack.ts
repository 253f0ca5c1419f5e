import type { IncomingMessage } from 'node:http';
import { startApiGateway } from './api-gateway/api-gateway.ts';
import type { ApiKind } from './api-gateway/event.ts';
import { readDeployment } from './assembly/cloud-assembly.ts';
import type { Deployment, LambdaFunction } from './assembly/deployment.ts';
import { synthesizeTemporarily } from './assembly/temporary-assembly.ts';
import { createStacksService } from './cloudformation/service.ts';
import { type AuthorizationServer, DEMO, startAuthorizationServer } from './identity/authorization-server.ts';
import {
  type SigningService,
  type SigningServiceName,
  startSigningService,
} from './identity/signing-service.ts';
import type { Keeper } from './keeper/keeper.ts';
import { startKeeperParts } from './keeper/keeper-parts.ts';
import type { FunctionPool, FunctionPoolOptions } from './lambda/function-pool.ts';
import { createLoggedFunctions } from './lambda/logged-functions.ts';
import { findNode24 } from './lambda/node24.ts';
import { addressOutputs, exampleRequest } from './load-balancer/example-request.ts';
import { startLoadBalancer } from './load-balancer/load-balancer.ts';
import { rejectOwnUpstream } from './load-balancer/own-upstream.ts';
import { createLogsService } from './logs/service.ts';
import { createLogStore } from './logs/store.ts';
import type { LoopbackServer } from './loopback-server.ts';
import { mcpUrlOf } from './mcp/mcp-url.ts';
import { MCP_PATH, ordersPolicy } from './mcp/orders-policy.ts';
import { createReceivedRequests } from './playground/received-requests.ts';
import { startPlayground } from './playground/server.ts';
import { claimPorts, type PortOwner, portOf } from './ports.ts';
import type { S3, S3Options } from './s3/server.ts';
import { policyOf } from './ssm/policy-part.ts';
import { type Ssm, startSsm } from './ssm/server.ts';
import type { Part, ServedRequest, StackEvent } from './stack-event.ts';
import { startUpstream } from './upstream.ts';

export interface StackOptions {
  /**
   * Port of the load balancer; the other parts take the ports after it. 0 lets the system choose every port. By default,
   * the first free ports from 8080 on.
   */
  readonly port?: number | undefined;
  /** Origin and base path of the application behind the load balancer. By default, the stack's own upstream, which echoes. */
  readonly upstream?: string | undefined;
  /** Whose tokens are accepted. By default, those of the stack's own authorization server. */
  readonly provider?: { readonly issuer: string; readonly audience: readonly string[] } | undefined;
  /** Makes the upstream an MCP server too, with its own policy. False unless set; not with `upstream` or `provider`. */
  readonly mcp?: boolean;
  /** Puts this service in front of the load balancer, to sign a header on every request. None unless set. */
  readonly as?: SigningServiceName | undefined;
  /** The cloud assembly to run. By default, one synthesized for this stack alone. */
  readonly assembly?: string | undefined;
  /** Options for the synthesis of the CDK app, as with `-c NAME=VALUE`. None unless set. */
  readonly context?: Readonly<Record<string, string>>;
  /** Changes what was read from the assembly, e.g. to try other listener rules. */
  readonly adjust?: (deployment: Deployment) => Deployment;
  /** Environment variables of the function; they override the template's and the local ones. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly functions?: Pick<FunctionPoolOptions, 'cold' | 'freeze' | 'maxEnvironments' | 'queueSeconds'>;
  /**
   * Runs the keeper and what it needs: S3, and Lambda's API to invoke it by hand. Without it, the function reads SSM
   * and fetches keys itself. True unless set.
   */
  readonly keeper?: boolean;
  /** Environment variables of the keeper; they override the template's and the local ones. */
  readonly keeperEnvironment?: Readonly<Record<string, string>>;
  /** Serves an API of this kind beside the load balancer, with a function as its authorizer. None unless set. */
  readonly authorizer?: ApiKind | undefined;
  /** Gets everything that happens. */
  readonly onEvent?: (event: StackEvent) => void;
  /** Sees every request to SSM. */
  readonly onSsmRequest?: (operation: string, input: object) => void;
  /** Sees every request to S3. */
  readonly onS3Request?: S3Options['onRequest'];
  /** Aborts a start that is under way. */
  readonly signal?: AbortSignal;
}

/** The running parts. Each can be closed and restarted on its port, and the function killed, while it runs. */
export interface Stack {
  readonly urls: {
    readonly loadBalancer: string;
    readonly authorizationServer: string | undefined;
    /** SSM, CloudWatch Logs and CloudFormation. */
    readonly ssm: string;
    readonly upstream: string;
    readonly api: string | undefined;
    /** The MCP server as clients call it. */
    readonly mcp: string | undefined;
    /** The playground's page. */
    readonly playground: string;
    readonly s3: string | undefined;
    /** Lambda's API, which invokes the keeper. */
    readonly lambda: string | undefined;
  };
  readonly deployment: Deployment;
  /** Whose tokens are accepted until somebody changes the parameters. */
  readonly provider: NonNullable<StackOptions['provider']>;
  /** The full name of one of the function's parameters, from its last segment. */
  readonly parameterName: (name: string) => string;
  readonly loadBalancer: LoopbackServer;
  /** Undefined if the option `provider` names another issuer. */
  readonly authorizationServer: AuthorizationServer | undefined;
  readonly ssm: Ssm;
  /** Undefined if the option `upstream` names an application. */
  readonly upstream: LoopbackServer | undefined;
  /** The service that `as` put in front of the load balancer. */
  readonly signingService: SigningService | undefined;
  readonly functions: FunctionPool;
  /** The API and its authorizer function, if `authorizer` is set. */
  readonly api: { readonly gateway: LoopbackServer; readonly functions: FunctionPool } | undefined;
  /** The keeper, and the S3 that it writes to; undefined if the stack runs without them. */
  readonly keeper: Keeper | undefined;
  readonly s3: S3 | undefined;
  /** Runs the bundles in another directory from now on. Requests under way finish on the previous ones. */
  replaceCode(directory: string): void;
  /** Stops every part; leaves nothing running. */
  close(): Promise<void>;
}

/** Starts the laptop stack and resolves when all parts listen. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const {
    adjust = (deployment) => deployment,
    as,
    authorizer,
    keeper: withKeeper = true,
    mcp = false,
    onEvent: emit = () => {},
    signal,
  } = options;
  const logFor =
    (part: Part, kind: 'note' | 'news' = 'note') =>
    (text: string) =>
      emit({ part, kind, text });
  const requestsOf = (part: Part) => (request: ServedRequest) => emit({ part, kind: 'request', request });
  const node = findNode24();
  const opened: { close(): Promise<unknown> }[] = [];
  const close = async () => {
    // In reverse order: the load balancer before the function, the function before what it calls.
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  const open = async <T extends { close(): Promise<unknown> }>(starting: Promise<T> | T): Promise<T> => {
    const part = await starting;
    opened.push(part);
    signal?.throwIfAborted();
    return part;
  };

  try {
    // Before synthesis, which takes seconds, so that a taken port shows at once.
    const parts = partsOf(options);
    const ports = await open(claimPorts(options.port, parts));
    if (options.upstream !== undefined) rejectOwnUpstream(options.upstream, ports.first, parts);
    const at = (part: PortOwner) => portOf(part, ports.first);
    const authorizationServer = options.provider
      ? undefined
      : await open(
          startAuthorizationServer({
            port: at('authorizationServer'),
            onServed: requestsOf('auth'),
            log: logFor('auth', 'news'),
          }),
        );
    const received = createReceivedRequests();
    const upstream =
      options.upstream === undefined
        ? await open(
            startUpstream({
              port: at('upstream'),
              onServed: requestsOf('upstream'),
              onRequest: received.add,
              respond: mcp ? await loadOrdersServer() : undefined,
            }),
          )
        : undefined;
    const provider = options.provider ?? {
      issuer: authorizationServer?.origin ?? '',
      audience: [DEMO.audience],
    };
    const upstreamUrl = options.upstream ?? upstream?.origin ?? '';

    const context = { ...options.context, ...(authorizer && { authorizer: 'true' }) };
    const assembly = options.assembly ?? (await open(synthesizeTemporarily({ signal, context }))).path;
    const deployment = adjust(readDeployment(assembly));
    const { region, account, stackName, stackId, lambda, parameters } = deployment;
    const parameterName = (name: string) => {
      const found = parameters.find((parameter) => parameter.name.endsWith(`/${name}`));
      if (!found) throw new Error(`The template has no parameter whose name ends in /${name}.`);
      return found.name;
    };

    const signingService =
      as &&
      (await open(
        startSigningService({
          name: as,
          port: at('signingService'),
          place: deployment,
          onServed: requestsOf('signer'),
        }),
      ));
    const environment = { CONFIG_REFRESH_SECONDS: '1', ...options.environment };
    // The outputs of a deployed stack, and the address of Lambda's API. Parts that start later add theirs.
    const outputs: Record<string, string> = {
      ConfigPath: parameterName('issuer').replace(/\/issuer$/, ''),
      ConfigRefreshSeconds: environment.CONFIG_REFRESH_SECONDS,
      VerifierFunction: lambda.name,
      VerifierLogGroup: lambda.logGroup,
    };
    const logs = createLogStore(Date.now);
    const ssm = await open(
      startSsm({
        port: at('ssm'),
        region,
        account,
        parameters,
        log: logFor('ssm'),
        onRequest: options.onSsmRequest,
        beside: [createLogsService({ region, account, store: logs })],
        queries: [createStacksService([{ name: stackName, id: stackId, outputs }])],
      }),
    );
    const put = (name: string, value: string) =>
      ssm.execute('PutParameter', { Name: parameterName(name), Value: value, Overwrite: true });
    for (const [name, value] of [
      ['issuer', provider.issuer],
      ['audience', provider.audience.join(',')],
      ['upstream', upstreamUrl],
      ...(signingService ? [['policy', policyOf([signingService.policy])] as const] : []),
    ] as const) {
      put(name, value);
    }
    const running = createLoggedFunctions({ region, node, logs, emit });
    const kept = withKeeper
      ? await startKeeperParts({
          ports: { s3: at('s3'), lambda: at('lambda') },
          deployment,
          ssm,
          environment: options.keeperEnvironment ?? {},
          onS3Request: options.onS3Request,
          startPool: (settings) => open(running.start('keeper', settings)),
          log: { s3: logFor('s3'), keeper: logFor('keeper', 'news'), invokeApi: logFor('keeper') },
          open,
        })
      : undefined;

    if (kept) {
      outputs.KeeperFunction = deployment.configuration.name;
      outputs.LambdaEndpoint = kept.invokeApi.origin;
    }

    const startVerifiers = (part: Part, code: LambdaFunction) =>
      open(
        running.start(part, {
          ...options.functions,
          lambda: kept ? code : withoutSnapshot(code),
          overrides: {
            AWS_ENDPOINT_URL_SSM: ssm.origin,
            ...kept?.environment,
            ...environment,
          },
        }),
      );
    const functions = await startVerifiers('lambda', lambda);
    const startApi = async (kind: ApiKind) => {
      if (!deployment.authorizer)
        throw new Error('The template has no function that API Gateway may invoke.');
      const authorizers = await startVerifiers('api', deployment.authorizer);
      const gateway = await open(
        startApiGateway({
          kind,
          port: at('api'),
          place: deployment,
          invoke: authorizers.invoke,
          upstream: upstreamUrl,
          onServed: requestsOf('api'),
          log: logFor('api', 'news'),
        }),
      );
      return { gateway, functions: authorizers };
    };
    const api = authorizer && (await startApi(authorizer));
    const loadBalancer = await open(
      startLoadBalancer({
        port: at('loadBalancer'),
        deployment,
        invoke: functions.invoke,
        signIn: signingService?.pass,
        onServed: requestsOf('alb'),
        log: logFor('alb', 'news'),
      }),
    );

    const example = exampleRequest(deployment.listener.rules);
    Object.assign(outputs, addressOutputs(loadBalancer.origin, example));
    if (api) outputs.DemoApiUrl = api.gateway.origin + example.path;
    const mcpUrl = mcp ? mcpUrlOf(deployment, loadBalancer.origin) : undefined;
    if (mcpUrl !== undefined) {
      const orders = ordersPolicy(provider.issuer, mcpUrl);
      put('policy', policyOf(signingService ? [signingService.policy, orders] : [orders]));
      // The keeper's snapshot does not have this policy yet.
      await kept?.keeper.invoke();
    }

    // Reports changes only from here on: what the stack itself has put is not news.
    ssm.onChange(({ name, operation, type, value, version }) => {
      const put = { value: type === 'SecureString' ? '***' : value, version };
      const left = operation === 'Delete' ? { value: undefined, version: undefined } : put;
      emit({ part: 'ssm', kind: 'parameter', parameter: { name, ...left } });
    });

    const playground = await open(
      startPlayground({
        port: at('playground'),
        stack: {
          deployment,
          loadBalancer: loadBalancer.origin,
          api: api?.gateway.origin,
          authorizationServer,
          ssm,
          logs,
          received: upstream && received,
          signIn: signingService?.pass,
          invoke: functions.invoke,
        },
      }),
    );

    return {
      urls: {
        loadBalancer: loadBalancer.origin,
        authorizationServer: authorizationServer?.origin,
        ssm: ssm.origin,
        upstream: upstreamUrl,
        api: api?.gateway.origin,
        mcp: mcpUrl,
        playground: playground.origin,
        s3: kept?.s3.origin,
        lambda: kept?.invokeApi.origin,
      },
      deployment,
      provider,
      parameterName,
      loadBalancer,
      authorizationServer,
      ssm,
      upstream,
      signingService,
      functions,
      api,
      keeper: kept?.keeper,
      s3: kept?.s3,
      replaceCode: running.replaceCode,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The parts that need a port. */
const partsOf = ({ as, authorizer, keeper = true, upstream, provider }: StackOptions): PortOwner[] => [
  'loadBalancer',
  'ssm',
  'playground',
  ...(provider ? [] : (['authorizationServer'] as const)),
  ...(upstream === undefined ? (['upstream'] as const) : []),
  ...(authorizer ? (['api'] as const) : []),
  ...(as ? (['signingService'] as const) : []),
  ...(keeper ? (['s3', 'lambda'] as const) : []),
];

/** The MCP server at its path. Imported on demand, because its library is slow to load. */
async function loadOrdersServer() {
  const { createOrdersServer } = await import('./mcp/orders-server.ts');
  const respond = createOrdersServer();
  return (request: IncomingMessage, body: Buffer) =>
    request.url?.split('?', 1)[0] === MCP_PATH ? respond(request, body) : undefined;
}

/** The function without the settings for a snapshot and secrets, since no keeper writes them. */
function withoutSnapshot(lambda: LambdaFunction): LambdaFunction {
  const { SNAPSHOT_URL: _url, SNAPSHOT_OWNER: _owner, SECRETS_URL: _, ...environment } = lambda.environment;
  return { ...lambda, environment };
}
