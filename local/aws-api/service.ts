/** The members of a request's body. */
export type Input = Readonly<Record<string, unknown>>;

/** An AWS error. Every error here is the client's fault, so its status is 400. */
export interface AwsJsonError {
  readonly type: string;
  readonly message: string;
}

export type AwsJsonResult =
  | { readonly ok: true; readonly output: object }
  | { readonly ok: false; readonly error: AwsJsonError };

/** An AWS API of the JSON 1.1 protocol. */
export interface AwsJsonService {
  /** The part of `X-Amz-Target` before the dot and the operation. */
  readonly target: string;
  /** Runs an operation; undefined to leave the request without a response. */
  readonly execute: (operation: string, input: Input) => AwsJsonResult | undefined;
}
