"""Write down each message; do with it as its body says."""

import functools
import json
import os
import time

import boto3

dynamodb = functools.cache(lambda: boto3.client("dynamodb"))


def handler(event, context):
    failures = []
    for record in event["Records"]:
        body = json.loads(record["body"])
        times = int(record["attributes"]["ApproximateReceiveCount"])
        time.sleep(body.get("seconds", 0))
        if times <= body.get("failures", 0):
            failures.append({"itemIdentifier": record["messageId"]})
            continue
        item = {"pk": {"S": body["id"]}, "times": {"N": str(times)}, "at": {"N": str(time.time())}}
        dynamodb().put_item(TableName=os.environ["TABLE"], Item=item)
    return {"batchItemFailures": failures}
