"""API Gateway calls functions as one role, which may call those that a route names and no other."""

import json
from pathlib import Path

from local import template
from tests.rights import roles

TEMPLATE = template.read(Path(__file__).parents[2] / "template.yaml")
ROUTED = {function.id for function in template.functions(TEMPLATE) if function.routes}
API = TEMPLATE["Resources"]["Api"]["Properties"]["DefinitionBody"]
ROLE = TEMPLATE["Resources"]["ApiRole"]["Properties"]
# What IAM takes: characters of a managed policy, of a role's own ones together; policies a role.
POLICY_LIMIT, OWN_LIMIT, POLICIES = 6144, 10240, 10
# The longest name that a function can have, in the partition and region with the longest.
LONGEST_ARN = f"arn:aws-us-gov:lambda:ap-southeast-1:{'1' * 12}:function:{'f' * 64}"


def integrations():
    for item in API["paths"].values():
        for operation in item.values():
            yield operation["x-amazon-apigateway-integration"]


def written(value):
    """A policy as IAM counts it, without white space, with the longest names for functions."""

    def resolved(part):
        match part:
            case {"Fn::GetAtt": [_, "Arn"]}:
                return LONGEST_ARN
            case dict():
                return {name: resolved(each) for name, each in part.items()}
            case list():
                return [resolved(each) for each in part]
        return part

    return json.dumps(resolved(value), separators=(",", ":"))


def test_the_apis_role_may_call_each_function_that_a_route_names_and_nothing_else():
    granted = {(grant.action, grant.resource) for grant in roles.granted_to("ApiRole")}

    assert granted == {("lambda:InvokeFunction", function) for function in ROUTED}


def test_a_function_is_named_once_among_what_the_role_may_call():
    named = [grant.resource for grant in roles.granted_to("ApiRole")]

    assert len(named) == len(set(named))


def test_every_route_is_called_as_that_role():
    assert {json.dumps(each["credentials"]) for each in integrations()} == {
        json.dumps({"Fn::GetAtt": ["ApiRole", "Arn"]})
    }


def test_only_api_gateway_takes_the_role_and_its_policies():
    [trust] = ROLE["AssumeRolePolicyDocument"]["Statement"]
    others = {roles.role_of(function) for function in roles.functions()}

    assert trust["Principal"] == {"Service": "apigateway.amazonaws.com"}
    assert "ApiRole" not in others
    assert not {managed for role in others for managed in roles.managed_by(role)} & {
        *roles.managed_by("ApiRole")
    }


def test_its_policies_have_room_for_the_longest_names():
    managed = roles.managed_by("ApiRole")

    for name in managed:
        document = roles.resources()[name]["Properties"]["PolicyDocument"]
        assert len(written(document)) <= POLICY_LIMIT, name
    assert sum(len(written(own["PolicyDocument"])) for own in ROLE["Policies"]) <= OWN_LIMIT
    assert len(managed) <= POLICIES


def test_every_function_gets_events_of_format_2():
    assert {each["payloadFormatVersion"] for each in integrations()} == {"2.0"}
    assert {(each["type"], each["httpMethod"]) for each in integrations()} == {
        ("aws_proxy", "POST")
    }
