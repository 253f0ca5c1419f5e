// What the package exports. Its report, alb-jwt-authorizer.api.md, shows every change.
export type { HttpApiResponse, ParameterName } from '../../lambda/contract.ts';
export { AlbJwtAuthorizer, type AlbJwtAuthorizerProps } from '../alb-jwt-authorizer.ts';
export { Configuration } from '../configuration/configuration.ts';
export type { ConfigurationProps } from '../configuration/configuration-props.ts';
export { Keeper } from '../configuration/keeper.ts';
export type { InitialValues } from '../configuration/seeded-parameters.ts';
export { SharedSecrets } from '../configuration/shared-secrets.ts';
export { SnapshotBucket } from '../configuration/snapshot-bucket.ts';
export type { SnapshotRoutes } from '../configuration/snapshot-endpoint.ts';
export { ApiGatewayAuthorizer, type ApiGatewayAuthorizerProps } from '../function/api-gateway-authorizer.ts';
export { VerifierFunction } from '../function/verifier-function.ts';
export type { Concurrency, FunctionVpc, VerifierSettings } from '../function/verifier-settings.ts';
export { VerifierTarget, type VerifierTargetProps } from '../function/verifier-target.ts';
export { Alarms, type AlarmsProps } from '../observability/alarms.ts';
export { MetricsDashboard, type MetricsDashboardProps } from '../observability/metrics-dashboard.ts';
export type { NativeClaim } from '../options/native-claims.ts';
export type { AuthorizerOptions } from './authorizer-options.ts';
