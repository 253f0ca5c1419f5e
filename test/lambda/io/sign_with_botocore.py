"""Reads requests as JSON lines and writes the Authorization that botocore gives each, one per line."""

import base64
import datetime
import json
import sys

from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SIGNERS = {"s3": auth.S3SigV4Auth}


def sign(line):
    case = json.loads(line)
    time = datetime.datetime.fromisoformat(case["time"].replace("Z", "+00:00"))
    auth.get_current_datetime = lambda *_, **__: time
    credentials = Credentials(case["accessKeyId"], case["secretAccessKey"], case.get("sessionToken"))
    request = AWSRequest(case["method"], case["url"], case["headers"], base64.b64decode(case["body"]))
    signer = SIGNERS.get(case["service"], auth.SigV4Auth)
    signer(credentials, case["service"], case["region"]).add_auth(request)
    return request.headers["Authorization"]


for line in sys.stdin:
    print(sign(line))
