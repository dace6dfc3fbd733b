"""SAM's own translation of the template: what CloudFormation gets from `make deploy`.

SAM is the judge of the API's definition too: it writes one of its own from functions' events.

cfn-lint knows the properties of SAM's resources, but neither policy templates, nor what is referred
to in them, nor the kinds of events; `sam validate --lint` is cfn-lint again.
"""

import re
from collections import Counter
from copy import deepcopy
from itertools import batched
from pathlib import Path

import pytest
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform

from local import template as local

TEMPLATE = local.read(Path(__file__).parents[2] / "template.yaml")
RESOURCE_LIMIT = 350  # of the 500 that a stack holds
ROUTE_LIMIT = 300  # of an HTTP API, and as many integrations
MORE = 40  # endpoints, which a fifth API or the rest of one may bring
NAMED = re.compile(r"\$\{(\w+)(?:\.\w+)*\}")  # in a Fn::Sub; AWS's own names have colons


class NoManagedPolicies:
    """AWS's list of them, which only AWS has; none is named in the template."""

    def load(self):
        return {}


def translated(template):
    """As deployed: by then the code is in S3."""
    uploaded = deepcopy(template)
    for resource in uploaded["Resources"].values():
        for place in {"CodeUri", "ContentUri"} & resource.get("Properties", {}).keys():
            resource["Properties"][place] = "s3://bucket/key"
    return transform(uploaded, {}, NoManagedPolicies())["Resources"]


@pytest.fixture(scope="module", autouse=True)
def region():
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        yield


@pytest.fixture(scope="module")
def stack(region):
    return translated(TEMPLATE)


def references(value):
    """The logical ids that are named anywhere in it."""
    match value:
        case {"Ref": str(id)} if not id.startswith("AWS::"):
            yield id
        case {"Fn::GetAtt": [str(id), *_]}:
            yield id
        case {"Fn::Sub": str(text)}:
            yield from NAMED.findall(text)
        case {"Fn::Sub": [str(text), dict(own)]}:
            yield from set(NAMED.findall(text)) - own.keys()
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from references(inner)


def test_sam_translates_the_template_into_a_stack_that_cloudformation_takes(stack):
    assert len(TEMPLATE["Resources"]) < len(stack) < RESOURCE_LIMIT


def test_the_stack_has_room_for_another_api(stack):
    """An endpoint is its function, and a role at most: its route is no resource."""
    types = Counter(resource["Type"] for resource in stack.values())
    paths = stack["Api"]["Properties"]["Body"]["paths"]

    assert types["AWS::Lambda::Permission"] == 0
    assert len(stack) + 2 * MORE < RESOURCE_LIMIT
    assert len(paths) + MORE < ROUTE_LIMIT


def test_the_stage_is_the_default_one_and_limits_calls(stack):
    stage = stack["ApiApiGatewayDefaultStage"]["Properties"]

    assert stage["StageName"] == "$default"
    assert stage["AutoDeploy"] is True
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingBurstLimit": 5000,
        "ThrottlingRateLimit": 10000,
    }


def operations(paths):
    """By path and method; a function by its logical id, however its address is said."""
    found = {}
    for path, item in paths.items():
        for method, operation in item.items():
            said = deepcopy(dict(operation))
            integration = said["x-amazon-apigateway-integration"]
            integration.pop("credentials", None)
            uri = integration.pop("uri")
            [function] = references(uri)
            found[path.replace("/$default", "$default"), method] = said, function
    return found


def written_by_sam(functions):
    """The paths that SAM makes of the same routes, as events of their functions."""
    found = {}
    for some in batched(
        functions, 20, strict=False
    ):  # it copies the whole definition for each function
        resources = {"Api": {"Type": "AWS::Serverless::HttpApi"}}
        for function in some:
            routes = [{"Method": method, "Path": path} for method, path in function.routes]
            events = {
                f"Route{n}": {"Type": "HttpApi", "Properties": {"ApiId": {"Ref": "Api"}} | route}
                for n, route in enumerate({} if r["Path"] == "$default" else r for r in routes)
            }
            resources[function.id] = {
                "Type": "AWS::Serverless::Function",
                "Properties": {"CodeUri": "x", "Handler": "x.y", "Runtime": "python3.13"}
                | {"Role": "arn:aws:iam::1:role/r", "Events": events},
            }
        made = translated({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources})
        found |= operations(made["Api"]["Properties"]["Body"]["paths"])
    return found


def test_the_api_is_defined_as_sam_defines_it_from_events_of_functions(stack):
    """All but who calls the function: parameters, payload format 2.0, the $default route."""
    body = stack["Api"]["Properties"]["Body"]
    routed = [function for function in local.functions(TEMPLATE) if function.routes]

    assert operations(body["paths"]) == written_by_sam(routed)
    assert (body["openapi"], body["info"]["title"]) == ("3.0.1", {"Ref": "AWS::StackName"})


def test_whatever_is_referred_to_is_there(stack):
    named = set(references(stack))

    assert named >= {"Api", "TenantsTable", "FanOutQueue"}
    assert named <= stack.keys() | TEMPLATE["Parameters"].keys()


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"Policies": [{"DynamoDBRedPolicy": {"TableName": "t"}}]}, "Policy at index 0"),
        ({"Policies": [{"DynamoDBReadPolicy": {"Table": "t"}}]}, "required parameters"),
        ({"Events": {"Http": {"Type": "HtpApi", "Properties": {}}}}, "Event Type is: HtpApi"),
    ],
    ids=["a policy template", "its parameter", "an event"],
)
def test_a_slip_that_cfn_lint_lets_pass_is_found_here(properties, words):
    resources = {
        name: resource
        for name, resource in TEMPLATE["Resources"].items()
        if resource["Type"] == "AWS::Serverless::HttpApi"
    }
    slipped = {"Type": "AWS::Serverless::Function", "Properties": {"CodeUri": "x"} | properties}
    template = TEMPLATE | {"Resources": resources | {"SlippedFunction": slipped}}

    with pytest.raises(InvalidDocumentException, match=words):
        translated(template)
