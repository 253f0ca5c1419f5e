/** The floor: the cost of the runtime itself. */
export const handler = async () => ({
  statusCode: 200,
  multiValueHeaders: { 'content-type': ['application/json'] },
  body: '{}',
  isBase64Encoded: false,
});
