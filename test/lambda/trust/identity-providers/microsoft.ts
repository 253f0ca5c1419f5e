import { type IdentityProvider, otherRsa, publish, rsa, withNbf } from './identity-provider.ts';

const TENANT = '11111111-2222-3333-4444-555555555555';
const SECOND_TENANT = '66666666-7777-8888-9999-000000000000';
/** The tenant of personal Microsoft accounts. */
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad';
const CLIENT = '99999999-0000-1111-2222-333333333333';
const PRINCIPAL = '77777777-0000-1111-2222-333333333333';

const v1 = (tenant: string): string => `https://sts.windows.net/${tenant}/`;
const v2 = (tenant: string): string => `https://login.microsoftonline.com/${tenant}/v2.0`;

/** No "alg", and each key has its issuer: a tenant's own, or a template. */
const published = (kid: string) => ({ use: 'sig', x5t: kid, x5c: ['MIIC…'] });

function v2Keys() {
  const key = rsa('nOo3ZDrODXEK1jKWhXslHR_KXEg');
  return {
    key,
    keys: [
      publish(otherRsa('other'), { ...published('other'), issuer: v2(CONSUMERS) }),
      publish(key, { ...published(key.kid), issuer: v2('{tenantid}') }),
    ],
    header: { typ: 'JWT', alg: 'RS256', kid: key.kid },
  };
}

/** A machine's token. */
const v2Claims = {
  ...withNbf,
  aud: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  iss: v2(TENANT),
  aio: 'k2RgYEhJ…',
  azp: CLIENT,
  azpacr: '1',
  idtyp: 'app',
  oid: PRINCIPAL,
  rh: '1.AXoA…',
  roles: ['Orders.Read', 'Orders.Write'],
  sub: PRINCIPAL,
  tid: TENANT,
  uti: 'n2vJ0…',
  ver: '2.0',
};

export function entra(): IdentityProvider {
  return {
    section: 'Microsoft Entra ID, v2.0 tokens',
    ...v2Keys(),
    jwksUri: `https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys`,
    claims: v2Claims,
    identity: { issuer: v2(TENANT), client_id: CLIENT, scope: '' },
    rejected: [
      ['another tenant', { iss: v2(SECOND_TENANT), tid: SECOND_TENANT }, 'issuer_mismatch'],
      ['the template for tenants', { iss: v2('{tenantid}') }, 'issuer_mismatch'],
      ['a v1.0 token', { iss: v1(TENANT), ver: '1.0' }, 'issuer_mismatch'],
      ['another version under this issuer', { ver: '1.0' }, 'claim_not_accepted'],
      ['a token for Microsoft Graph', { aud: '00000003-0000-0000-c000-000000000000' }, 'audience_mismatch'],
      ['a token for the application ID URI', { aud: 'api://orders' }, 'audience_mismatch'],
      ['a caller without the role', { roles: ['Orders.Read'] }, 'claim_mismatch'],
      ['an application of the tenant that has no role', { roles: undefined }, 'claim_mismatch'],
      ['a person with a scope of that name', { roles: undefined, scp: 'Orders.Write' }, 'claim_mismatch'],
    ],
  };
}

export function entraTenants(): IdentityProvider {
  return {
    section: 'Microsoft Entra ID, several tenants',
    ...v2Keys(),
    jwksUri: 'https://login.microsoftonline.com/common/discovery/v2.0/keys',
    claims: v2Claims,
    identity: { issuer: v2(TENANT), client_id: CLIENT, scope: '' },
    accepted: [['the other tenant', { iss: v2(SECOND_TENANT), tid: SECOND_TENANT }]],
    rejected: [
      ['a tenant that is not listed', { iss: v2(PRINCIPAL), tid: PRINCIPAL }, 'issuer_mismatch'],
      ['a tenant that is not listed, by a claim of one that is', { iss: v2(PRINCIPAL) }, 'issuer_mismatch'],
      ['a personal account', { iss: v2(CONSUMERS), tid: CONSUMERS }, 'issuer_mismatch'],
      ['the issuer that stands for all tenants', { iss: v2('common') }, 'issuer_mismatch'],
      ['the template for tenants', { iss: v2('{tenantid}') }, 'issuer_mismatch'],
      ['a v1.0 token of a listed tenant', { iss: v1(TENANT), ver: '1.0' }, 'issuer_mismatch'],
      ['the issuer with a slash', { iss: `${v2(TENANT)}/` }, 'issuer_mismatch'],
      ['a token for another API', { aud: '00000003-0000-0000-c000-000000000000' }, 'audience_mismatch'],
      ['an application of a listed tenant that has no role', { roles: undefined }, 'claim_mismatch'],
    ],
  };
}

function v1Keys() {
  const key = rsa('2ZQpJ3UpbjAYXYGaXEJl8lV0TOI');
  return {
    key,
    jwksUri: `https://login.microsoftonline.com/${TENANT}/discovery/keys`,
    keys: [publish(key, published(key.kid))],
    header: { typ: 'JWT', alg: 'RS256', x5t: key.kid, kid: key.kid },
  };
}

/** A person's token. */
export function entraV1(): IdentityProvider {
  return {
    section: 'Microsoft Entra ID, v1.0 tokens',
    ...v1Keys(),
    claims: {
      ...withNbf,
      aud: 'api://orders',
      iss: v1(TENANT),
      acr: '1',
      amr: ['pwd', 'mfa'],
      appid: CLIENT,
      appidacr: '1',
      scp: 'Orders.Read Orders.Write',
      sub: 'Jx1Xq0k3T9f1',
      tid: TENANT,
      unique_name: 'jane@example.com',
      ver: '1.0',
    },
    identity: { issuer: v1(TENANT), client_id: CLIENT, scope: 'Orders.Read Orders.Write' },
    rejected: [
      ['the issuer without its slash', { iss: v1(TENANT).slice(0, -1) }, 'issuer_mismatch'],
      ['a v2.0 token', { iss: v2(TENANT), ver: '2.0' }, 'issuer_mismatch'],
      ['another tenant', { iss: v1(SECOND_TENANT), tid: SECOND_TENANT }, 'issuer_mismatch'],
      ['another version', { ver: '2.0' }, 'claim_not_accepted'],
      ['a token for Azure itself', { aud: 'https://management.azure.com/' }, 'audience_mismatch'],
      ['a token for an API with a longer URI', { aud: 'api://orders/reports' }, 'audience_mismatch'],
      ['a lesser scope', { scp: 'Orders.Read' }, 'scope_missing'],
      ['a machine with a role of that name', { scp: undefined, roles: ['Orders.Write'] }, 'scope_missing'],
    ],
  };
}

export function managedIdentity(): IdentityProvider {
  const resource =
    '/subscriptions/88888888-0000-1111-2222-333333333333/resourcegroups/orders/providers/Microsoft.ManagedIdentity/userAssignedIdentities/worker';
  return {
    section: 'Azure managed identities',
    ...v1Keys(),
    claims: {
      ...withNbf,
      aud: 'api://orders',
      iss: v1(TENANT),
      aio: 'k2RgYEhJ…',
      appid: CLIENT,
      appidacr: '2',
      idp: v1(TENANT),
      idtyp: 'app',
      oid: PRINCIPAL,
      rh: '1.AXoA…',
      sub: PRINCIPAL,
      tid: TENANT,
      uti: 'n2vJ0…',
      ver: '1.0',
      xms_mirid: resource,
    },
    identity: { issuer: v1(TENANT), subject: PRINCIPAL, client_id: CLIENT, scope: '' },
    rejected: [
      ['another identity of the tenant', { oid: CLIENT, sub: CLIENT }, 'claim_mismatch'],
      ['an identity that was created again under this name', { oid: CLIENT }, 'claim_mismatch'],
      ['an application with a secret', { appidacr: '1', xms_mirid: undefined }, 'claim_missing'],
      ['a token without the object ID', { oid: undefined }, 'claim_mismatch'],
      ['another tenant', { iss: v1(SECOND_TENANT), tid: SECOND_TENANT }, 'issuer_mismatch'],
      ['the issuer without its slash', { iss: v1(TENANT).slice(0, -1) }, 'issuer_mismatch'],
      ['a token for Azure itself', { aud: 'https://management.azure.com/' }, 'audience_mismatch'],
      ['another version', { ver: '2.0' }, 'claim_not_accepted'],
    ],
  };
}
