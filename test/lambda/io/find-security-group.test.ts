import { describe, expect, test } from '@jest/globals';
import { createGroupFinder } from '../../../lambda/io/find-security-group.ts';
import { ClientError } from '../../../lambda/io/http-client.ts';
import { createSignedRequest } from '../../../lambda/io/signed-request.ts';
import { AT_ONCE, CREDENTIALS, failureOf, fakeExchange, NOW, SECRETS } from '../../support/aws-responses.ts';

const NAME = 'CloudFront-VPCOrigins-Service-SG';
const VPC = 'vpc-0123456789abcdef0';

/** A response in the form of EC2, whose rules name other groups. */
const groups = (...ids: readonly string[]) => ({
  body: `<?xml version="1.0" encoding="UTF-8"?>
<DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
    <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>
    <securityGroupInfo>${ids
      .map(
        (id) => `<item>
            <ownerId>123456789012</ownerId>
            <groupName>${NAME}</groupName>
            <groupDescription>Managed &lt;groupId&gt;sg-0&lt;/groupId&gt;</groupDescription>
            <vpcId>${VPC}</vpcId>
            <ipPermissions>
                <item><ipProtocol>-1</ipProtocol><groups><item><groupId>sg-11111111</groupId></item></groups></item>
            </ipPermissions>
            <ipPermissionsEgress>
                <item><groups><item><groupId>sg-22222222</groupId></item></groups></item>
            </ipPermissionsEgress>
            <groupId>${id}</groupId>
        </item>`,
      )
      .join('')}</securityGroupInfo>
</DescribeSecurityGroupsResponse>`,
});
const NONE = {
  body: '<DescribeSecurityGroupsResponse><securityGroupInfo/></DescribeSecurityGroupsResponse>',
};

/** A finder that gets EC2's responses in turn, with a clock that only its pauses advance. */
function finderOf(...responses: Parameters<typeof fakeExchange>) {
  const { exchange, sent } = fakeExchange(...responses);
  let at = NOW;
  const send = createSignedRequest({
    service: 'ec2',
    region: 'eu-central-1',
    credentials: async () => CREDENTIALS,
    now: () => NOW,
    exchange,
  });
  const find = createGroupFinder({
    endpoint: new URL('https://ec2.eu-central-1.amazonaws.com'),
    send,
    effects: { ...AT_ONCE, now: () => at, sleep: async (ms) => (at += ms) },
  });
  return { find: (deadlineMs = 60_000) => find(NAME, VPC, deadlineMs), sent, waited: () => at - NOW };
}

describe('a security group', () => {
  test('is found by its name and VPC, and is not a group that its rules name', async () => {
    const { find, sent } = finderOf(groups('sg-0a1b2c3d4e5f6a7b8'));
    expect(await find()).toBe('sg-0a1b2c3d4e5f6a7b8');
    expect(sent).toHaveLength(1);
    expect(Object.fromEntries(new URLSearchParams(String(sent[0]?.body)))).toEqual({
      Action: 'DescribeSecurityGroups',
      Version: '2016-11-15',
      'Filter.1.Name': 'vpc-id',
      'Filter.1.Value.1': VPC,
      'Filter.2.Name': 'group-name',
      'Filter.2.Value.1': NAME,
    });
    const fields = Object.fromEntries(sent[0]?.headers ?? []);
    expect(fields.authorization).toContain('/eu-central-1/ec2/aws4_request');
  });

  test('is looked for again if it does not exist yet', async () => {
    const { find, sent } = finderOf(NONE, groups(), groups('sg-0a1b2c3d'));
    expect(await find()).toBe('sg-0a1b2c3d');
    expect(sent).toHaveLength(3);
  });

  test('is given up in time if it never appears', async () => {
    const { find, waited } = finderOf(NONE);
    expect(await find(60_000)).toBeUndefined();
    expect(waited()).toBeLessThanOrEqual(60_000);
    expect(waited()).toBeGreaterThanOrEqual(45_000);
  });

  test('is looked for again after throttling and network faults', async () => {
    const throttled = {
      status: 503,
      body: '<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Slow</Message></Error></Errors></Response>',
    };
    const { find } = finderOf(throttled, new ClientError('connection', 'reset'), groups('sg-0a1b2c3d'));
    expect(await find()).toBe('sg-0a1b2c3d');
  });

  test('gives an error at once if permission is missing, saying what to grant', async () => {
    const { find, sent } = finderOf({
      status: 403,
      body: `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>You are not authorized.\n${SECRETS.sessionToken}</Message></Error></Errors></Response>`,
    });
    const { message } = await failureOf(find());
    expect(message).toBe(
      "DescribeSecurityGroups at ec2.eu-central-1.amazonaws.com: status 403, UnauthorizedOperation: You are not authorized. Grant the function's role ec2:DescribeSecurityGroups",
    );
    expect(sent).toHaveLength(1);
  });

  test.each([
    ['a response of something else', { body: '<html></html>' }, /malformed/],
    ['two groups of one name', groups('sg-0a1b2c3d', 'sg-4e5f6a7b'), /several groups of one name/],
  ])('does not come from %s', async (_, response, problem) => {
    expect((await failureOf(finderOf(response).find())).message).toMatch(problem);
  });
});
