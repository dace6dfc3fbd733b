"""SAM's own translation of the template: what CloudFormation gets from `make deploy`.

cfn-lint knows the properties of SAM's resources, but neither policy templates, nor what is referred
to in them, nor the kinds of events; `sam validate --lint` is cfn-lint again.
"""

import re
from copy import deepcopy
from pathlib import Path

import pytest
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

TEMPLATE = yaml_parse((Path(__file__).parents[2] / "template.yaml").read_text())
RESOURCE_LIMIT = 450  # of the 500 that a stack holds: here routes lose their permissions (README)
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


def test_without_its_permissions_it_has_room_for_another_api(stack):
    """They can all go, one a route: then an endpoint is its function, and a role at most."""
    permissions = [one for one in stack.values() if one["Type"] == "AWS::Lambda::Permission"]
    routes = [
        event
        for function in TEMPLATE["Resources"].values()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "HttpApi"
    ]

    assert len(permissions) == len(routes)
    assert len(stack) - len(permissions) + 2 * MORE < RESOURCE_LIMIT


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
