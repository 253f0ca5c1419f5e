import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { chooseSubnets, type KnownSubnet, type Wanted } from '../../../infra/front-door/subnet-choice.ts';

const VPC = 'vpc-0123456789abcdef0';
const ZONES = ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'];

const subnets = fc
  .array(
    fc.record({
      zone: fc.constantFrom(...ZONES),
      kind: fc.constantFrom('public' as const, 'private' as const, 'isolated' as const),
      tier: fc.constantFrom('App', 'Data', 'Edge'),
      third: fc.integer({ min: 0, max: 255 }),
    }),
    { maxLength: 12 },
  )
  .map((list) =>
    list.map(
      ({ third, ...rest }, index): KnownSubnet => ({
        ...rest,
        id: `subnet-${String(index).padStart(8, '0')}`,
        range: `10.0.${third}.0/24`,
      }),
    ),
  );
const world = fc.record({
  all: subnets,
  internal: fc.boolean(),
  zones: fc.option(fc.uniqueArray(fc.constantFrom(...ZONES), { minLength: 2 }), { nil: undefined }),
});

const idsOf = (list: readonly KnownSubnet[]) => list.map(({ id }) => id);
const chosenOf = (all: readonly KnownSubnet[], wanted: Partial<Wanted> = {}) => {
  const choice = chooseSubnets(all, { vpcId: VPC, internal: false, ...wanted });
  return choice.kind === 'ok' ? idsOf(choice.subnets) : choice.problem;
};

describe('the subnets of a load balancer', () => {
  it('are what AWS accepts: one per zone, in two or all requested zones, of one kind, public if the load balancer is', () => {
    fc.assert(
      fc.property(world, ({ all, internal, zones }) => {
        const choice = chooseSubnets(all, { vpcId: VPC, internal, zones });
        if (choice.kind === 'invalid') return;
        const found = choice.subnets.map(({ zone }) => zone);
        expect(new Set(found).size).toBe(found.length);
        expect(found.length).toBeGreaterThanOrEqual(2);
        if (zones !== undefined) expect([...found].sort()).toEqual([...zones].sort());
        const kinds = new Set(choice.subnets.map(({ kind }) => kind));
        expect(kinds.size).toBe(1);
        if (!internal) expect([...kinds]).toEqual(['public']);
        for (const subnet of choice.subnets) expect(choice.note).toContain(subnet.id);
      }),
    );
  });

  it('are the same in whatever order the VPC lists them, and are chosen again as long as they remain', () => {
    fc.assert(
      fc.property(world, fc.func(fc.integer()), ({ all, internal, zones }, rank) => {
        const wanted = { internal, zones };
        const chosen = chosenOf(all, wanted);
        const shuffled = [...all].sort((a, b) => rank(a.id) - rank(b.id));
        const again = chosenOf(shuffled, wanted);
        if (typeof chosen === 'string') expect(typeof again).toBe('string');
        else {
          expect([...again].sort()).toEqual([...chosen].sort());
          expect(
            chosenOf(
              all.filter(({ id }) => chosen.includes(id)),
              wanted,
            ),
          ).toEqual(chosen);
        }
      }),
    );
  });

  it('must be given, from a list of all subnets, only if none of one kind are suitable', () => {
    fc.assert(
      fc.property(world, ({ all, internal, zones }) => {
        const choice = chooseSubnets(all, { vpcId: VPC, internal, zones });
        const zonesOf = (kind: string) =>
          new Set(
            all.flatMap((one) => (one.kind === kind && (zones?.includes(one.zone) ?? true) ? one.zone : [])),
          );
        const kinds = internal ? ['public', 'private', 'isolated'] : ['public'];
        const possible = kinds.some((kind) => zonesOf(kind).size >= (zones?.length ?? 2));
        expect(choice.kind).toBe(possible ? 'ok' : 'invalid');
        if (choice.kind === 'invalid') for (const { id } of all) expect(choice.problem).toContain(id);
      }),
    );
  });
});

const subnet = (
  id: string,
  zone: string,
  kind: KnownSubnet['kind'],
  tier: string,
  third: number,
): KnownSubnet => ({
  id,
  zone: `eu-west-1${zone}`,
  kind,
  tier,
  range: `10.0.${third}.0/24`,
});

/** A public tier, and two private ones. */
const TIERS = [
  subnet('subnet-0000000a', 'a', 'public', 'Public', 0),
  subnet('subnet-0000000b', 'b', 'public', 'Public', 1),
  subnet('subnet-000000da', 'a', 'private', 'Data', 20),
  subnet('subnet-000000db', 'b', 'private', 'Data', 21),
  subnet('subnet-000000ba', 'a', 'private', 'App', 11),
  subnet('subnet-000000bb', 'b', 'private', 'App', 10),
];

describe('in a VPC with two private tiers', () => {
  it('an internal load balancer gets one tier, and the synth says which and how to choose others', () => {
    const choice = chooseSubnets(TIERS, { vpcId: VPC, internal: true });
    expect(choice).toMatchObject({
      note: 'Subnets of the load balancer: subnet-000000ba (eu-west-1a, App, 10.0.11.0/24), subnet-000000bb (eu-west-1b, App, 10.0.10.0/24). Set subnetIds to choose others.',
    });
  });

  it('it gets the lowest addresses if no tag tells the tiers apart', () => {
    const untagged = TIERS.map((one) => ({ ...one, tier: one.kind === 'public' ? 'Public' : 'Private' }));
    expect(chosenOf(untagged, { internal: true })).toEqual(['subnet-000000ba', 'subnet-000000bb']);
  });

  it('it prefers the tier with more zones', () => {
    const wider = [...TIERS, subnet('subnet-000000dc', 'c', 'private', 'Data', 22)];
    expect(chosenOf(wider, { internal: true })).toEqual([
      'subnet-000000da',
      'subnet-000000db',
      'subnet-000000dc',
    ]);
  });

  it('an internet-facing one gets the public subnets', () => {
    expect(chosenOf(TIERS)).toEqual(['subnet-0000000a', 'subnet-0000000b']);
  });
});

describe('requested subnets', () => {
  it('are used as they are, because the operator knows more than a route table says', () => {
    expect(chosenOf(TIERS, { subnetIds: ['subnet-000000db', 'subnet-0000000a'] })).toEqual([
      'subnet-0000000a',
      'subnet-000000db',
    ]);
  });

  it('must belong to the VPC, whose subnets the error lists', () => {
    const problem = chosenOf(TIERS, { subnetIds: ['subnet-0000000a', 'subnet-00000fff'] });
    expect(problem).toMatch(
      /^subnetIds has subnet-00000fff, which vpc-0123456789abcdef0 does not; it has subnet-/,
    );
    for (const { id } of TIERS) expect(problem).toContain(id);
  });

  it('must be in different zones, and the error names those that are not', () => {
    const [a = '', , other = '', b = ''] = idsOf(TIERS);
    expect(chosenOf(TIERS, { subnetIds: [a, other, b] })).toBe(
      'subnetIds has several in one zone; keep one per zone of subnet-0000000a (eu-west-1a, Public, 10.0.0.0/24), subnet-000000da (eu-west-1a, Data, 10.0.20.0/24)',
    );
  });
});

it('a VPC without subnets gets an error that says so', () => {
  expect(chosenOf([])).toBe('vpcId: vpc-0123456789abcdef0 has no subnets; give another VPC');
});
