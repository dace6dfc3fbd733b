"""Deploy template.yaml into the emulator, and store the deployment's description.

An unchanged template is not deployed again, which makes restarts quick.
"""

import contextlib
import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from local import template
from local.aws import ACCOUNT, REGION, SECRET, Emulated
from local.options import Options, Unable
from local.template import Function

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef

STACK = "carillon"
_AT_ONCE = 8
_BUCKET, _TEMPLATE = "carillon-template", "template.json"
# Statuses of a first deployment that failed; such a stack cannot be updated.
_NEVER_STOOD = {"CREATE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
# Variables that the local stack itself sets per function.
_OWN_VARIABLES = {"MINISTACK_LAMBDA_PROXY_URL"}


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """The deployed stack, as far as the functions' process needs it."""

    fingerprint: str
    environment: Mapping[str, str]
    functions: tuple[Function, ...]

    def write(self, path: Path) -> None:
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self), indent=1))

    @classmethod
    def load(cls, path: Path) -> Self | None:
        if not path.exists():
            return None
        stored = json.loads(path.read_text())
        functions = tuple(
            Function(**{**each, "routes": tuple(map(tuple, each["routes"]))})
            for each in stored["functions"]
        )
        return cls(**{**stored, "functions": functions})


def client(emulated: Emulated, service: str, config: Config | None = None) -> Any:
    """Make a client of the emulator that ignores the developer's own AWS settings."""
    session = boto3.session.Session(
        aws_access_key_id=ACCOUNT,
        aws_secret_access_key=SECRET,
        aws_session_token=emulated.token,
        region_name=REGION,
    )
    # The name of the service is not known to the types.
    return session.client(service, endpoint_url=emulated.url, config=config)  # type: ignore[call-overload]


def fingerprint(options: Options, invoke_url: str) -> str:
    """Hash everything that a deployment depends on."""
    parts = [options.template.read_text(), json.dumps(dict(options.parameters), sort_keys=True)]
    return hashlib.sha256("\0".join([*parts, invoke_url]).encode()).hexdigest()


def standing(options: Options, invoke_url: str, known: Path) -> Deployment | None:
    """Return the last deployment if nothing has changed; the emulator may still have lost it."""
    deployed = Deployment.load(known)
    wanted = fingerprint(options, invoke_url)
    return deployed if deployed and deployed.fingerprint == wanted else None


def deploy(options: Options, emulated: Emulated, invoke_url: str, known: Path) -> Deployment:
    """Create or update the stack, unless it is deployed already."""
    cloudformation = client(emulated, "cloudformation")
    status = _status(cloudformation)
    deployed = standing(options, invoke_url, known)
    if deployed and status and status.endswith("_COMPLETE"):
        return deployed

    if status in _NEVER_STOOD:
        cloudformation.delete_stack(StackName=STACK)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=STACK)
        status = None

    source = template.read(options.template)
    body = template.for_emulator(source, invoke_url)
    url = _uploaded(body, emulated)
    _apply(cloudformation, url, options.parameters, exists=status is not None)
    functions = tuple(template.functions(source))
    deployment = Deployment(
        fingerprint=fingerprint(options, invoke_url),
        environment=_environment(cloudformation, functions, emulated),
        functions=functions,
    )
    deployment.write(known)
    return deployment


def _status(cloudformation: "CloudFormationClient") -> str | None:
    try:
        return cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]["StackStatus"]
    except ClientError:
        return None


def _uploaded(body: str, emulated: Emulated) -> str:
    """Upload the template to a bucket, as `sam deploy` does: a request may hold 51,200 bytes."""
    s3 = client(emulated, "s3")
    with contextlib.suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=_BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=_BUCKET, Key=_TEMPLATE, Body=body.encode())
    return f"{emulated.url}/{_BUCKET}/{_TEMPLATE}"


def _apply(
    cloudformation: "CloudFormationClient",
    url: str,
    parameters: Mapping[str, str],
    *,
    exists: bool,
) -> None:
    given: list[ParameterTypeDef] = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()
    ]
    verb = cloudformation.update_stack if exists else cloudformation.create_stack
    waiter = cloudformation.get_waiter(
        "stack_update_complete" if exists else "stack_create_complete"
    )
    try:
        verb(
            StackName=STACK,
            TemplateURL=url,
            Parameters=given,
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        message = error.response["Error"].get("Message", "")
        if "No updates are to be performed" in message:
            return
        raise Unable(f"The template cannot be deployed: {message}") from None
    try:
        waiter.wait(StackName=STACK, WaiterConfig={"Delay": 1, "MaxAttempts": 120})
    except WaiterError:
        raise Unable(f"The template cannot be deployed: {_reasons(cloudformation)}") from None


def _reasons(cloudformation: "CloudFormationClient") -> str:
    events = cloudformation.describe_stack_events(StackName=STACK)["StackEvents"]
    failed = [
        f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}"
        for event in events
        if event["ResourceStatus"].endswith("FAILED")
    ]
    return "; ".join(failed) or "CloudFormation does not say why."


def _environment(
    cloudformation: "CloudFormationClient", functions: tuple[Function, ...], emulated: Emulated
) -> dict[str, str]:
    """Return the environment of all functions, which must be the same: they share a process."""
    resources = cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]
    names = {each["LogicalResourceId"]: each.get("PhysicalResourceId", "") for each in resources}
    functions_api = client(emulated, "lambda", Config(max_pool_connections=_AT_ONCE))

    def variables(function: Function) -> dict[str, str]:
        configuration = functions_api.get_function_configuration(FunctionName=names[function.id])
        return {
            name: value
            for name, value in configuration.get("Environment", {}).get("Variables", {}).items()
            if name not in _OWN_VARIABLES
        }

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        environments = list(pool.map(variables, functions))
    for function, environment in zip(functions, environments, strict=True):
        if environment != environments[0]:
            different = sorted(
                name for name, _ in set(environment.items()) ^ set(environments[0].items())
            )
            raise Unable(
                f"{function.id} has environment variables of its own ({', '.join(different)}):"
                " declare them in Globals, the local stack runs all functions in one process."
            )
    return environments[0] if environments else {}
