import { createConfigurationTarget } from './configuration-target.ts';
import { parseEnvironment } from './io/environment.ts';
import { logLine } from './io/log-line.ts';
import { putAnswer } from './io/put-answer.ts';
import { createSeedStore, createSsmClient } from './io/seed-store.ts';

const { service } = parseEnvironment(process.env);
const client = createSsmClient();

/** The function that CloudFormation asks for the parameters of a deployment. */
export const handler = createConfigurationTarget({
  storeFor: (signal) => createSeedStore(client, signal),
  put: putAnswer,
  log: (level, message, fields) => void process.stdout.write(logLine(service, level, message, fields)),
});
