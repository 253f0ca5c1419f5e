"""moto's server, an AWS API in memory, with a CloudFormation that follows the order and rules of AWS.

moto's own CloudFormation removes before it creates, replaces nothing, drops the types that it does not know
and has no rollback. `stack.py` puts `engine.py` in its place. The engine creates each resource through a
provider (`providers/`), which calls the AWS API that moto serves and so meets what moto enforces. `rules.py`
adds what AWS rejects and moto lets through.

Usage: python server.py -H 127.0.0.1 -p PORT
The environment variable NODE24 names the Node.js that runs the functions (`running.py`).
"""

import sys

import moto.server

import providers.cognito  # noqa: F401  (each registers its types)
import providers.custom_resource  # noqa: F401
import providers.deployments  # noqa: F401
import providers.events  # noqa: F401
import providers.functions  # noqa: F401
import providers.identity  # noqa: F401
import providers.load_balancing  # noqa: F401
import providers.names  # noqa: F401
import providers.network  # noqa: F401
import providers.records  # noqa: F401
import providers.storage  # noqa: F401
import providers.vpc_origin  # noqa: F401
import delivery
import parameters
import permissions
import rules
import running
import stack

if __name__ == "__main__":
    rules.install()
    permissions.install()
    delivery.install()
    running.install()
    stack.install()
    parameters.install()
    moto.server.main(sys.argv[1:])
