import { afterEach } from '@jest/globals';
import { type Conversation, type RawServer, startRawServer } from './raw-server.ts';

/** Starts raw servers in a test and closes them after it; `url` and `requests` are the latest one's. */
export function rawServersPerTest() {
  let servers: RawServer[] = [];
  afterEach(async () => {
    await Promise.all(servers.map((server) => server.close()));
    servers = [];
  });
  const latest = (): RawServer => {
    const server = servers.at(-1);
    if (server === undefined) throw new Error('no server has been started in this test');
    return server;
  };
  return {
    async start(conversation: Conversation): Promise<RawServer> {
      const server = await startRawServer(conversation);
      servers.push(server);
      return server;
    },
    latest,
  };
}
