import type {
  CallRejection,
  Changes,
  Checked,
  CheckRequest,
  CurlCommand,
  CurlRequest,
  DecodedToken,
  DecodeRequest,
  IssuedToken,
  OutageRequest,
  Put,
  PutRequest,
  SendRequest,
  Sent,
  StackState,
  TokenRequest,
} from '../contract.ts';

async function call<T>(method: string, name: string, body?: object): Promise<T> {
  const response = await fetch(`/api/${name}`, {
    method,
    headers: { 'x-playground': '1', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error(
      'The playground does not respond, because the stack has stopped. Start it again with npm start.',
    );
  });
  const value = (await response.json()) as T | CallRejection;
  if (!response.ok) throw new Error((value as CallRejection).error);
  return value as T;
}

/** Calls of the playground's server. A rejected call throws an Error whose message the page shows. */
export const server = {
  stack: () => call<StackState>('GET', 'stack'),
  changes: () => call<Changes>('GET', 'changes'),
  issueToken: (request: TokenRequest) => call<IssuedToken>('POST', 'token', request),
  decode: (request: DecodeRequest) => call<DecodedToken>('POST', 'decode', request),
  check: (request: CheckRequest) => call<Checked>('POST', 'check', request),
  put: (request: PutRequest) => call<Put>('POST', 'parameter', request),
  setOutage: (request: OutageRequest) => call<StackState>('POST', 'outage', request),
  rotateKeys: () => call<StackState>('POST', 'rotation', {}),
  curl: (request: CurlRequest) => call<CurlCommand>('POST', 'curl', request),
  send: (request: SendRequest) => call<Sent>('POST', 'send', request),
};

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
