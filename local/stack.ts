import { fileURLToPath } from 'node:url';
import { startApiGateway } from './api-gateway/api-gateway.ts';
import type { ApiKind } from './api-gateway/event.ts';
import { readDeployment } from './assembly/cloud-assembly.ts';
import type { Deployment, LambdaFunction } from './assembly/deployment.ts';
import { synthesize } from './assembly/synthesize.ts';
import { type AuthorizationServer, DEMO, startAuthorizationServer } from './identity/authorization-server.ts';
import {
  type SigningService,
  type SigningServiceName,
  startSigningService,
} from './identity/signing-service.ts';
import { createFunctionPool, type FunctionPool, type FunctionPoolOptions } from './lambda/function-pool.ts';
import { findNode24 } from './lambda/node24.ts';
import { startLoadBalancer } from './load-balancer/load-balancer.ts';
import { type LoopbackServer, startLoopbackServer } from './loopback-server.ts';
import { type Ssm, startSsm } from './ssm/server.ts';
import { startUpstream } from './upstream.ts';

/** A line for the console. */
export interface LogLine {
  readonly part: 'alb' | 'api' | 'auth' | 'lambda' | 'signer' | 'ssm' | 'upstream';
  /** `output` is what the function itself wrote; `event` is what the stack says of a part. */
  readonly kind: 'output' | 'event';
  readonly text: string;
}

export interface StackOptions {
  /** Port of the load balancer; the other parts take the next ones. 0 lets the system choose all. 8080 unless set. */
  readonly port?: number;
  /** Puts this service in front of the load balancer, to sign a header on every request. None unless set. */
  readonly as?: SigningServiceName | undefined;
  /** The cloud assembly; `cdk.out` of the project unless set. */
  readonly assembly?: string;
  /** Synthesize the CDK app into `assembly` first. True unless set. */
  readonly synthesize?: boolean;
  /** Changes what was read from the assembly, e.g. to try other listener rules. */
  readonly adjust?: (deployment: Deployment) => Deployment;
  /** Environment variables of the function, over the template's and the local ones. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly functions?: Pick<FunctionPoolOptions, 'freeze' | 'maxEnvironments' | 'queueSeconds'>;
  /** Serves an API of this kind beside the load balancer, with a function as its authorizer. None unless set. */
  readonly authorizer?: ApiKind | undefined;
  readonly log?: (line: LogLine) => void;
  /** Sees every request to SSM. */
  readonly onSsmRequest?: (operation: string, input: object) => void;
  /** Ends a start that is under way. */
  readonly signal?: AbortSignal;
}

/** The running parts. Each can be closed and restarted on its port, and the function killed, while it runs. */
export interface Stack {
  readonly urls: {
    readonly loadBalancer: string;
    readonly authorizationServer: string;
    readonly ssm: string;
    readonly upstream: string;
    readonly api: string | undefined;
  };
  readonly deployment: Deployment;
  /** Full name of one of the function's parameters, by its last part. */
  readonly parameterName: (name: string) => string;
  readonly loadBalancer: LoopbackServer;
  readonly authorizationServer: AuthorizationServer;
  readonly ssm: Ssm;
  readonly upstream: LoopbackServer;
  /** What `as` has put in front of the load balancer. */
  readonly signingService: SigningService | undefined;
  readonly functions: FunctionPool;
  /** The API and the function that is its authorizer, where `authorizer` asks for them. */
  readonly api: { readonly gateway: LoopbackServer; readonly functions: FunctionPool } | undefined;
  /** Ends all parts; nothing is left running. */
  close(): Promise<void>;
}

/** How far a part's port is from the load balancer's. */
const PORTS = { authorizationServer: 1, ssm: 2, upstream: 3, api: 4, signingService: 5 } as const;

/** The highest of them. */
export const PORT_SPAN = Math.max(...Object.values(PORTS));

const ASSEMBLY = fileURLToPath(new URL('../cdk.out', import.meta.url));

/** Starts the laptop stack and resolves when all parts listen. */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const {
    port = 8080,
    assembly = ASSEMBLY,
    adjust = (deployment) => deployment,
    as,
    authorizer,
    log = () => {},
    signal,
  } = options;
  const logFor = (part: LogLine['part']) => (text: string) => log({ part, kind: 'event', text });
  const at = (offset: number) => (port === 0 ? 0 : port + offset);
  const node = findNode24();
  const opened: { close(): Promise<unknown> }[] = [];
  const close = async () => {
    // The other way round: the load balancer before the function, the function before what it calls.
    for (const part of opened.splice(0).reverse()) await part.close();
  };
  const open = async <T extends { close(): Promise<unknown> }>(starting: Promise<T> | T): Promise<T> => {
    const part = await starting;
    opened.push(part);
    signal?.throwIfAborted();
    return part;
  };

  try {
    // Synthesis takes seconds; a taken port shows before it.
    await checkPort('load balancer', at(0));
    await checkPort('SSM endpoint', at(PORTS.ssm));
    if (authorizer) await checkPort('API', at(PORTS.api));
    if (as) await checkPort('signing service', at(PORTS.signingService));
    const authorizationServer = await open(
      startAuthorizationServer({ port: at(PORTS.authorizationServer), log: logFor('auth') }),
    );
    const upstream = await open(startUpstream({ port: at(PORTS.upstream), log: logFor('upstream') }));

    if (options.synthesize ?? true) {
      await synthesize(assembly, { signal, context: authorizer && { authorizer: 'true' } });
    }
    const deployment = adjust(readDeployment(assembly));
    const { region, account, lambda, parameters } = deployment;
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
          port: at(PORTS.signingService),
          place: deployment,
          log: logFor('signer'),
        }),
      ));
    const ssm = await open(
      startSsm({
        port: at(PORTS.ssm),
        region,
        account,
        parameters,
        log: logFor('ssm'),
        onRequest: options.onSsmRequest,
      }),
    );
    for (const [name, value] of [
      ['issuer', authorizationServer.origin],
      ['audience', DEMO.audience],
      ['upstream', upstream.origin],
      ...(signingService ? [['policy', signingService.policy] as const] : []),
    ] as const) {
      ssm.execute('PutParameter', { Name: parameterName(name), Value: value, Overwrite: true });
    }

    const poolOf = (code: LambdaFunction, part: LogLine['part']) =>
      createFunctionPool({
        ...options.functions,
        lambda: code,
        region,
        node,
        overrides: { AWS_ENDPOINT_URL_SSM: ssm.origin, CONFIG_REFRESH_SECONDS: '1', ...options.environment },
        onLine: (text) => log({ part, kind: 'output', text }),
        onEvent: logFor(part),
      });
    const functions = await open(poolOf(lambda, 'lambda'));
    const startApi = async (kind: ApiKind) => {
      if (!deployment.authorizer)
        throw new Error('The template has no function that API Gateway may invoke.');
      const authorizers = await open(poolOf(deployment.authorizer, 'api'));
      const gateway = await open(
        startApiGateway({
          kind,
          port: at(PORTS.api),
          place: deployment,
          invoke: authorizers.invoke,
          upstream: upstream.origin,
          log: logFor('api'),
        }),
      );
      return { gateway, functions: authorizers };
    };
    const api = authorizer && (await startApi(authorizer));
    const loadBalancer = await open(
      startLoadBalancer({
        port: at(0),
        deployment,
        invoke: functions.invoke,
        signIn: signingService?.pass,
        log: logFor('alb'),
      }),
    );

    return {
      urls: {
        loadBalancer: loadBalancer.origin,
        authorizationServer: authorizationServer.origin,
        ssm: ssm.origin,
        upstream: upstream.origin,
        api: api?.gateway.origin,
      },
      deployment,
      parameterName,
      loadBalancer,
      authorizationServer,
      ssm,
      upstream,
      signingService,
      functions,
      api,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function checkPort(name: string, port: number): Promise<void> {
  if (port === 0) return;
  const probe = await startLoopbackServer({ name, port }, () => () => {});
  await probe.close();
}
