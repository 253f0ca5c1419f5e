/** A load balancer's target that verifies nothing: sends the event to the upstream and returns its response. */
import { Agent, request } from 'node:http';

const agent = new Agent({ keepAlive: true });
const origin = new URL(process.env.UPSTREAM);

export const handler = (event) =>
  new Promise((resolve, reject) => {
    const query = Object.entries(event.multiValueQueryStringParameters ?? {})
      .flatMap(([name, values]) => values.map((value) => `${name}=${value}`))
      .join('&');
    const outgoing = request(
      {
        agent,
        host: origin.hostname,
        port: origin.port,
        method: event.httpMethod,
        path: query === '' ? event.path : `${event.path}?${query}`,
        headers: { ...event.multiValueHeaders, host: origin.host },
      },
      (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const multiValueHeaders = {};
          for (const [name, value] of Object.entries(response.headers)) {
            multiValueHeaders[name] = Array.isArray(value) ? value : [value];
          }
          resolve({
            statusCode: response.statusCode,
            multiValueHeaders,
            body: Buffer.concat(chunks).toString(),
            isBase64Encoded: false,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'));
  });
