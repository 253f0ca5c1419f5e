import { describe, expect, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import { createCloudFrontGroupTarget } from '../../lambda/cloudfront-group-target.ts';

const RESPONSE_URL = 'https://cloudformation.example/answer?X-Amz-Signature=SECRET';
const VPC = 'vpc-0123456789abcdef0';
const GROUP = 'sg-0a1b2c3d4e5f6a7b8';

/** The function between CloudFormation and a VPC that contains CloudFront's group, or none. */
function worldOf(found: () => string | undefined = () => GROUP) {
  const searches: unknown[] = [];
  const lines: string[] = [];
  let document = '';
  const target = createCloudFrontGroupTarget({
    find: async (...args) => {
      searches.push(args);
      return found();
    },
    put: async (url, text) => {
      expect(url).toBe(RESPONSE_URL);
      document = text;
    },
    log: (...line) => lines.push(JSON.stringify(line)),
  });
  const context = { getRemainingTimeInMillis: () => 120_000 } as Context;
  return {
    searches,
    lines,
    async send(RequestType: string, further: object = {}) {
      await target(
        {
          RequestType,
          ResponseURL: RESPONSE_URL,
          StackId: 'stack',
          RequestId: 'request-1',
          LogicalResourceId: 'Group',
          ResourceProperties: { VpcId: VPC },
          ...further,
        },
        context,
      );
      return JSON.parse(document);
    },
    raw: (event: unknown) => target(event, context),
  };
}

const unreachable = () => {
  throw new Error('EC2 does not respond');
};

describe("CloudFront's security group", () => {
  test('is the response to a Create and an Update', async () => {
    const world = worldOf();
    const identity = { StackId: 'stack', RequestId: 'request-1', LogicalResourceId: 'Group' };
    const response = { Status: 'SUCCESS', ...identity, PhysicalResourceId: GROUP, Data: { GroupId: GROUP } };
    expect(await world.send('Create')).toEqual(response);
    expect(await world.send('Update', { PhysicalResourceId: 'sg-00000000' })).toEqual(response);
    expect(world.searches).toEqual(Array(2).fill(['CloudFront-VPCOrigins-Service-SG', VPC, 105_000]));
    expect(world.lines.join()).not.toContain('SECRET');
  });

  test.each([
    ['it is not there', () => undefined, `${VPC} has no security group CloudFront-VPCOrigins-Service-SG,`],
    ['it cannot be looked for', unreachable, 'EC2 does not respond'],
  ])('fails a Create if %s, and the Delete after it succeeds', async (_, found, reason) => {
    const world = worldOf(found);
    const response = await world.send('Create');
    expect(response).toMatchObject({ Status: 'FAILED', Reason: expect.stringContaining(reason) });
    const { PhysicalResourceId } = response;
    expect(await world.send('Delete', { PhysicalResourceId })).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId,
    });
  });

  test('stays as it was if an Update cannot find it, because an Update in a rollback must not fail', async () => {
    for (const found of [() => undefined, unreachable]) {
      const world = worldOf(found);
      expect(await world.send('Update', { PhysicalResourceId: GROUP })).toMatchObject({
        Status: 'SUCCESS',
        PhysicalResourceId: GROUP,
        Data: { GroupId: GROUP },
      });
      expect(world.lines.join()).toContain('stays as it was');
    }
  });

  test('is not looked for on a Delete, which has nothing to do', async () => {
    const world = worldOf(unreachable);
    expect(await world.send('Delete', { PhysicalResourceId: GROUP })).toMatchObject({ Status: 'SUCCESS' });
    expect(world.searches).toEqual([]);
  });

  test.each([undefined, {}, { VpcId: 7 }, { VpcId: 'vpc-1&Filter.1.Value.1=vpc-2' }])(
    'is not looked for in %j',
    async (ResourceProperties) => {
      const world = worldOf();
      expect(await world.send('Create', { ResourceProperties })).toMatchObject({
        Status: 'FAILED',
        Reason: expect.stringContaining('VpcId must be the id of a VPC'),
      });
      expect(world.searches).toEqual([]);
    },
  );

  test('is not given to requests of another type, or to events from anyone else', async () => {
    const world = worldOf();
    expect(await world.send('Replace')).toMatchObject({
      Status: 'FAILED',
      Reason: expect.stringContaining('RequestType must be Create, Update or Delete'),
    });
    await expect(world.raw({ source: 'aws.ec2' })).rejects.toThrow('does not come from CloudFormation');
  });
});
