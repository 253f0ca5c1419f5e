import { AssetHashType, DockerImage, aws_lambda as lambda } from 'aws-cdk-lib';
import { bundle, LAMBDA_DIRECTORY } from '../bundle/bundle.ts';
import type { Entry } from '../bundle/entries.ts';

/**
 * A handler's bundle as the code of a function. CDK runs the build only where it needs the result, so not
 * for `cdk destroy`, and hashes the output: a change that leaves the bundle as it is deploys nothing.
 */
export function bundledCode(entry: Entry): lambda.Code {
  return lambda.Code.fromAsset(LAMBDA_DIRECTORY, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Required by the type; a local build never looks at it, and no Docker is needed.
      image: DockerImage.fromRegistry('unused'),
      // Nor at this; but CDK stages code once for all that has the same directory and settings, and the
      // function below is none that it could compare.
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
