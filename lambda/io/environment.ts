import { DEFAULT_CONFIG_PATH, DEFAULT_CONFIG_REFRESH_SECONDS, ENVIRONMENT } from '../contract.ts';

/** The function's settings that are not in SSM. */
export interface Environment {
  readonly configPath: string;
  readonly configRefreshSeconds: number;
  readonly allowedLogRate: number;
}

/** Parses the environment variables. Throws an error that names every bad one: the deployment is broken. */
export function parseEnvironment(variables: { readonly [name: string]: string | undefined }): Environment {
  const problems: string[] = [];
  const configPath = variables[ENVIRONMENT.configPath] ?? DEFAULT_CONFIG_PATH;
  if (!/^(?:\/[A-Za-z0-9_.-]+)+$/.test(configPath)) {
    problems.push(`${ENVIRONMENT.configPath} must be a parameter path like ${DEFAULT_CONFIG_PATH}`);
  }
  const configRefreshSeconds = Number(
    variables[ENVIRONMENT.configRefreshSeconds] ?? DEFAULT_CONFIG_REFRESH_SECONDS,
  );
  if (!Number.isInteger(configRefreshSeconds) || configRefreshSeconds < 1 || configRefreshSeconds > 3600) {
    problems.push(`${ENVIRONMENT.configRefreshSeconds} must be a whole number from 1 to 3600`);
  }
  const allowedLogRate = Number(variables[ENVIRONMENT.allowedLogRate] ?? 1);
  if (!(allowedLogRate >= 0 && allowedLogRate <= 1)) {
    problems.push(`${ENVIRONMENT.allowedLogRate} must be a number from 0 to 1`);
  }
  if (problems.length > 0) throw new Error(problems.join('; '));
  return { configPath, configRefreshSeconds, allowedLogRate };
}
