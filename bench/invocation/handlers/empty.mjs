/** The floor: what the runtime itself takes. */
export const handler = async () => ({
  statusCode: 200,
  multiValueHeaders: { 'content-type': ['application/json'] },
  body: '{}',
  isBase64Encoded: false,
});
