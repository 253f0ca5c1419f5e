import { AssetHashType, DockerImage, aws_lambda as lambda } from 'aws-cdk-lib';
import { bundle, LAMBDA_DIRECTORY } from '../bundle/bundle.ts';
import type { Entry } from '../bundle/entries.ts';

/**
 * A handler's bundle as the code of a function. CDK builds only when it needs the result, so not for
 * `cdk destroy`, and hashes the output: a change that leaves the bundle the same deploys nothing.
 */
export function bundledCode(entry: Entry): lambda.Code {
  return lambda.Code.fromAsset(LAMBDA_DIRECTORY, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Required by the type. A local build ignores it, and needs no Docker.
      image: DockerImage.fromRegistry('unused'),
      // Ignored, too. But CDK stages code only once per directory and settings, and cannot compare the function
      // below: this setting tells the entries apart.
      command: [entry],
      local: {
        tryBundle(outdir) {
          bundle({ entry, outdir });
          return true;
        },
      },
    },
  });
}
