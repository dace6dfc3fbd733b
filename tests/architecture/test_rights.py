"""Roles allow their functions what these ask of AWS, and nothing else.

That nothing is asked that a role does not allow is held wherever a test calls a function
(tests/rights/enforcing.py); here is told that nothing is allowed that nobody asks for.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import get_type_hints

import pytest

from carillon.ports import Ports, TenantPorts
from carillon.runtime.endpoint import Handler
from local import template
from tests.rights import port_calls, roles, used, watching
from tests.rights.calls import NO_TOPIC, Right

RESOURCES = roles.resources()
# API Gateway's own role: no function has it (test_api_role.py).
GATEWAY = {"ApiRole", *roles.managed_by("ApiRole")}
IAM = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] in {"AWS::IAM::Role", "AWS::IAM::ManagedPolicy"} and name not in GATEWAY
}
QUEUES = {name for name, each in RESOURCES.items() if each["Type"] == "AWS::SQS::Queue"}
# Of egress, the request says itself which call it is.
INSIDE = watching.INSIDE | {"egress"}
LOCAL = {"identities.region"}
TEMPLATE = template.read(Path(__file__).parents[2] / "template.yaml")
MODULES = {function.id: function.module for function in template.functions(TEMPLATE)}
CONSUMING = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
READING = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
# What the partition keys of the tenants' table begin with.
CONFIGURATION = {"KEY#", "SENDER#", "TENANT#", "TENANTS"}
USED = used.read()
TRIED = {
    Right("dynamodb:PutItem", "InvocationsTable", "TENANT#"),
    Right("dynamodb:BatchWriteItem", "InvocationsTable", "TENANT#"),
    Right("events:PutEvents", "event-bus/default"),
}
REMOVED = {Right("dynamodb:DeleteItem", "SubscriptionsTable", "TENANT#")}
# What shared use cases ask for where no test takes them there by this function.
BY_OTHERS = {
    "AdminTestSubscriptionFunction": TRIED,
    "WorkersDeliverWebhookFunction": TRIED,
    "SailpointTestInvocationFunction": TRIED,
    "AdminRehearseEventTypeFunction": {Right("sns:Publish", NO_TOPIC)},
    "NovuNotificationTemplateFunction": REMOVED,
    "NovuWorkflowFunction": REMOVED,
}
# It runs the code of all the others of Bitcaster.
BY_SLASH = "BitcasterTrailingSlashFunction"
# A worker shares its code with others: each action is held by its owner alone.
SERVED = [name for name in roles.functions() if not name.startswith("Workers")]
each_function = pytest.mark.parametrize("function", roles.functions())


@each_function
def test_a_function_takes_its_rights_from_a_role_in_the_section_of_roles(function):
    declared = roles.functions()[function]

    assert RESOURCES[roles.role_of(function)]["Type"] == "AWS::IAM::Role"
    assert "Policies" not in declared


def test_every_role_and_every_policy_is_used():
    used = {roles.role_of(function) for function in roles.functions()}
    attached = {managed for role in used for managed in roles.managed_by(role)}

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
    for function in [name for name in roles.functions() if name.startswith("Workers")]:
        events = roles.functions()[function]["Events"].values()
        own = {e["Properties"]["Queue"]["Fn::GetAtt"][0] for e in events if e["Type"] == "SQS"}
        taken = {(g.action, g.resource) for g in roles.granted(function)}
        assert {(action, queue) for action, queue in taken if action in CONSUMING} == {
            (action, queue) for action in CONSUMING for queue in own
        }


@each_function
def test_a_function_may_do_what_the_tests_saw_it_do(function):
    refused = [right for right in USED.get(function, ()) if not roles.allows(function, right)]

    assert refused == []


@pytest.mark.parametrize("function", SERVED)
def test_a_function_makes_use_of_each_access_that_its_role_gives(function):
    """It reads each table that it may read, writes each that it may, and sends what it may send."""
    granted = roles.granted(function)
    asked = asked_by(function)

    uses = {grant.access for grant in granted for right in asked if grant.allows(right)}
    assert uses == {grant.access for grant in granted}


@pytest.mark.parametrize("owner", IAM)
def test_each_action_that_is_allowed_is_asked_for(owner):
    """By one of the functions that have the role, or the policy."""
    given = {
        (grant, function)
        for function in roles.functions()
        for grant in roles.granted(function)
        if grant.owner == owner
    }
    asked = {grant.about for grant, function in given if is_used(grant, function)}

    assert asked == {grant.about for grant, _ in given}


@pytest.mark.parametrize("role", sorted({roles.role_of(each) for each in roles.functions()}))
def test_a_role_reads_keys_and_lists_tenants_only_if_a_function_of_it_does(role):
    asked = {
        right.key
        for function in roles.functions()
        if roles.role_of(function) == role
        for right in asked_by(function)
        if right.resource == "TenantsTable" and right.action in READING
    }
    granted = {
        key
        for grant in roles.granted_to(role)
        for action in READING
        for key in CONFIGURATION
        if grant.allows(Right(action, "TenantsTable", key))
    }

    assert granted == asked


def is_used(grant, function):
    return any(grant.allows(right) for right in asked_by(function))


@cache
def asked_by(function):
    """What the tests saw it ask for, and what it asks for by what it is."""
    asked = {*USED.get(function, ()), *BY_OTHERS.get(function, ())}
    for event in roles.functions()[function].get("Events", {}).values():
        if event["Type"] == "SQS":
            queue = event["Properties"]["Queue"]["Fn::GetAtt"][0]
            asked |= {Right(action, queue) for action in CONSUMING}
    if function == BY_SLASH:
        asked |= {right for name in MODULES if is_bitcasters(name) for right in asked_by(name)}
    if takes_tokens(function):
        asked.add(Right("secretsmanager:GetSecretValue", "TokenKey"))
    return frozenset(asked)


def is_bitcasters(function):
    return function.startswith("Bitcaster") and function != BY_SLASH


def takes_tokens(function):
    handler = import_module(MODULES[function]).handler
    endpoints = handler.endpoints.values() if isinstance(handler, Handler) else ()
    return any(endpoint.rules.dialect.takes_tokens for endpoint in endpoints)


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
