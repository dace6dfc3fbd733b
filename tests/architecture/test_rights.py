"""Roles allow their functions what these ask of AWS, and nothing else.

That nothing is asked that a role does not allow is held wherever a test calls a function
(tests/rights/enforcing.py); here is told that nothing is allowed that nobody asks for.
"""

from typing import get_type_hints

import pytest

from carillon.ports import Ports, TenantPorts
from tests.rights import port_calls, roles, watching

RESOURCES = roles.resources()
IAM = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] in {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"}
}
QUEUES = {name for name, each in RESOURCES.items() if each["Type"] == "AWS::SQS::Queue"}
# Of egress, the request says itself which call it is.
INSIDE = watching.INSIDE | {"egress"}
LOCAL = {"identities.region"}
each_function = pytest.mark.parametrize("function", roles.functions())


@each_function
def test_a_function_takes_its_rights_from_a_role_in_the_section_of_roles(function):
    declared = roles.functions()[function]

    assert RESOURCES[roles.role_of(function)]["Type"] == "AWS::IAM::Role"
    assert "Policies" not in declared


def test_every_role_and_every_policy_is_used():
    used = {roles.role_of(function) for function in roles.functions()}
    attached = {managed["Ref"] for role in used for managed in IAM[role]["ManagedPolicyArns"]}

    assert used | attached == set(IAM)


@pytest.mark.parametrize("name", IAM)
def test_a_statement_names_its_actions_and_its_resources(name):
    for statement in roles.statements(IAM[name]):
        assert all("*" not in action for action in statement["Action"])
        traces = all(action.startswith("xray:") for action in statement["Action"])
        assert statement.get("Resource") != "*" or traces  # traces have no ARN


@pytest.mark.parametrize("function", [name for name in roles.functions() if "DeadLetter" in name])
def test_the_operator_reaches_every_dead_letter_queue_and_its_source(function):
    reached = {grant.resource for grant in roles.granted(function)}

    assert reached >= QUEUES


def test_a_worker_may_take_messages_from_its_own_queue_and_from_no_other():
    consuming = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}

    for function in [name for name in roles.functions() if name.startswith("Workers")]:
        events = roles.functions()[function]["Events"].values()
        own = {e["Properties"]["Queue"]["Fn::GetAtt"][0] for e in events if e["Type"] == "SQS"}
        taken = {(g.action, g.resource) for g in roles.granted(function)}
        assert {(action, queue) for action, queue in taken if action in consuming} == {
            (action, queue) for action in consuming for queue in own
        }


def test_the_calls_of_every_port_that_aws_is_behind_are_known():
    methods = {
        f"{name}.{method}"
        for kind in (Ports, TenantPorts)
        for name, port in get_type_hints(kind).items()
        if name not in INSIDE
        for method in vars(port)
        if not method.startswith("_")
    }

    assert methods - LOCAL == set(port_calls.read())
