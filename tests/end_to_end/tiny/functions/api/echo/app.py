"""/echo/{word}: answer with the event, or do as the word says."""

import json
import time


def handler(event, context):
    match event["pathParameters"]["word"]:
        case "crash":
            raise RuntimeError("as asked")
        case "slow":
            time.sleep(30)
    left = context.get_remaining_time_in_millis()
    return {"statusCode": 200, "body": json.dumps({"event": event, "left": left})}
