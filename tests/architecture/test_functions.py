"""A function's folder, logical id and example event agree; the template keeps its promises."""

import json
import re
from pathlib import Path

import pytest

from carillon.adapters.caching import KNOWN_FOR
from carillon.dialects.bitcaster import paths
from carillon.domain.base.channels import Channel
from local import template
from tests.simulation.queues import MOST_RECEIVES

ROOT = Path(__file__).parents[2]
TEMPLATE = template.read(ROOT / "template.yaml")
RESOURCES = TEMPLATE["Resources"]
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}
ROUTES = {function.id: function.routes for function in template.functions(TEMPLATE)}
FOLDERS = sorted(app.parent.relative_to(ROOT) for app in ROOT.glob("functions/*/*/app.py"))
# The banners of the template, and the kinds of resources that stand under each.
DIALECTS = ["Novu", "SailPoint", "Confluent", "Bitcaster", "Admin", "Fallback"]
KINDS = {
    "Layers": {"LayerVersion"},
    "Logs": {"LogGroup"},
    "Tables": {"Table"},
    "Attachments": {"Bucket", "BucketPolicy"},
    "Queues": {"Queue"},
    "Secrets": {"Secret"},
    "Api": {"HttpApi", "DomainName", "ApiMapping"},
    "Roles": {"Role", "ManagedPolicy"},
    "Workers": {"Function"},
    "Alarms": {"Alarm", "Topic", "Subscription"},
}


def queue_events():
    for name, function in FUNCTIONS.items():
        for event in function.get("Events", {}).values():
            if event["Type"] == "SQS":
                yield name, function, event["Properties"]


def of_type(type):
    return [(name, each) for name, each in RESOURCES.items() if each["Type"] == type]


def logical_id(folder):
    _, dialect, endpoint = folder.parts
    words = re.split("_", f"{dialect}_{endpoint}")
    return "".join(word.capitalize() for word in words) + "Function"


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_function_folder_has_its_function_and_its_example_event(folder):
    function = FUNCTIONS[logical_id(folder)]
    _, dialect, endpoint = folder.parts

    module = f"{function['CodeUri']}/{function.get('Handler', 'app.handler')}"
    assert str(folder / "app.handler") == module
    assert json.loads((ROOT / "events" / dialect / f"{endpoint}.json").read_text())


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_function_only_translates_and_calls_a_use_case(folder):
    """More than 40 lines hold a decision that belongs to a use case, or to the dialect."""
    assert len((ROOT / folder / "app.py").read_text().splitlines()) <= 40


def test_every_function_has_a_folder():
    assert {logical_id(folder) for folder in FOLDERS} == set(FUNCTIONS)


def test_every_example_event_belongs_to_a_function():
    events = {
        tuple(e.relative_to(ROOT / "events").with_suffix("").parts)
        for e in ROOT.glob("events/*/*.json")
    }

    assert events == {folder.parts[1:] for folder in FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_function_has_a_route_unless_it_is_a_worker(folder):
    assert bool(ROUTES[logical_id(folder)]) == (folder.parts[1] != "workers")


def test_an_endpoint_takes_every_method_of_its_path():
    """The function answers 405 in its dialect's words; the gateway could only say Not Found."""
    assert {method for routes in ROUTES.values() for method, _ in routes} == {"ANY"}


def test_every_path_is_one_that_an_http_api_takes():
    """What API Gateway checks each part of a route by; it knows the colon of a custom method."""
    part = re.compile(r"\{[\w.:-]+\+?\}|[a-zA-Z0-9.:_-]+")
    paths = {path for routes in ROUTES.values() for _, path in routes}

    for path in paths - {"$default"}:
        assert all(part.fullmatch(each) for each in path.split("/")[1:]), path


def test_routes_stand_below_their_dialects_names_in_the_order_of_the_functions():
    """Where to look for a route, and where to write one."""
    text = (ROOT / "template.yaml").read_text()
    found = re.findall(
        r"^          # (\w+)$|^ +x-amazon-apigateway-integration: .*?(\w+)\.Arn",
        text,
        re.MULTILINE,
    )
    section, sections, order = "", [], {}
    for name, function in found:
        if name:
            section = name
            sections.append(section)
        else:
            assert function.startswith(section.capitalize()), (function, section)
            order[function] = None

    assert sections == DIALECTS
    assert list(order) == [name for name, routes in ROUTES.items() if routes]


def test_every_resource_stands_under_its_banner():
    """The order in which the template is read, and where to look for something in it."""
    text = (ROOT / "template.yaml").read_text()
    found = re.findall(r"^ *# -{20,} (.+)$|^(\w+):$|^  (\w+):$", text, re.MULTILINE)
    section, sections = "", []
    for banner, part, resource in found:
        if banner or part:
            section = banner or part
            sections.append(section)
        elif section in KINDS:
            type = RESOURCES[resource]["Type"].rpartition("::")[2]
            assert type in KINDS[section], (resource, section)
        elif section in DIALECTS:
            assert resource.startswith(section.capitalize()), (resource, section)

    kinds = [*KINDS]
    middle = kinds.index("Workers")
    declared = [*kinds[:middle], *DIALECTS, *kinds[middle:]]
    parts = ["Parameters", "Rules", "Conditions", "Globals", "Resources"]
    assert sections == [*parts, *declared, "Outputs"]


def test_bitcasters_paths_are_served_with_their_slash_too():
    own = {
        path: function["CodeUri"].rpartition("/")[2]
        for name, function in FUNCTIONS.items()
        if name.startswith("Bitcaster") and "TrailingSlash" not in name
        for _, path in ROUTES[name]
    }

    assert own == paths.ENDPOINTS


def test_every_queue_ends_in_a_dead_letter_queue_that_somebody_hears_of():
    queues = {n: r["Properties"] for n, r in RESOURCES.items() if r["Type"] == "AWS::SQS::Queue"}
    watched = [
        json.dumps(r["Properties"])
        for r in RESOURCES.values()
        if r["Type"] == "AWS::CloudWatch::Alarm"
    ]

    for name, queue in queues.items():
        if name.endswith("DeadLetters"):
            assert any(name in alarm for alarm in watched)
        else:
            assert name.replace("Queue", "DeadLetters") in json.dumps(queue["RedrivePolicy"])


def test_a_queue_forgives_throttled_workers():
    """Lambda counts a receive where it is throttled, too.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html
    """
    for name, queue in of_type("AWS::SQS::Queue"):
        if not name.endswith("DeadLetters"):
            assert queue["Properties"]["RedrivePolicy"]["maxReceiveCount"] >= MOST_RECEIVES


def test_workers_leave_the_api_its_share_of_concurrency():
    most = TEMPLATE["Parameters"]["WorkersPerQueue"]["Default"]

    for _, _, event in queue_events():
        assert event["ScalingConfig"] == {"MaximumConcurrency": {"Ref": "WorkersPerQueue"}}
    assert most * len(list(queue_events())) <= 500  # of the 1,000 that an account has


@pytest.mark.parametrize(
    "type", ["AWS::DynamoDB::Table", "AWS::SQS::Queue", "AWS::SecretsManager::Secret"]
)
def test_what_holds_data_outlives_its_stack_and_not_a_first_deployment_that_failed(type):
    for name, resource in of_type(type):
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resource["UpdateReplacePolicy"] == "Retain", name


def test_tables_can_be_restored_to_any_second_and_not_be_deleted_by_mistake():
    for name, table in of_type("AWS::DynamoDB::Table"):
        recovery = table["Properties"]["PointInTimeRecoverySpecification"]
        assert recovery == {"PointInTimeRecoveryEnabled": True}, name
        assert table["Properties"]["DeletionProtectionEnabled"] is True, name


def test_every_alarm_is_told():
    for name, alarm in of_type("AWS::CloudWatch::Alarm"):
        assert alarm["Properties"]["AlarmActions"] == [{"Ref": "AlarmsTopic"}], name
        assert alarm["Properties"]["OKActions"] == [{"Ref": "AlarmsTopic"}], name


def test_the_bounds_of_parameters_keep_a_lease_within_its_messages_visibility():
    parameters = TEMPLATE["Parameters"]
    timeout = max(function["Timeout"] for _, function, _ in queue_events())

    assert parameters["DeliveryLease"]["MinValue"] > timeout
    assert parameters["DeliveryLease"]["MaxValue"] < parameters["DeliveryVisibility"]["MinValue"]
    assert parameters["DeliveryVisibility"]["MinValue"] >= 6 * timeout


def test_workers_report_each_message_on_its_own():
    for _, _, event in queue_events():
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_a_slow_chunk_uses_up_the_receives_of_no_other():
    """A worker takes one at a time: what it has no time left for would come back as received."""
    sizes = {n: e["BatchSize"] for n, _, e in queue_events() if n.startswith("WorkersDeliver")}

    assert set(sizes.values()) == {1}
    assert len(sizes) == len(Channel)


def test_a_message_stays_hidden_for_six_times_its_workers_timeout():
    visibility = TEMPLATE["Parameters"]["DeliveryVisibility"]["Default"]
    lease = TEMPLATE["Parameters"]["DeliveryLease"]["Default"]

    for _, function, _ in queue_events():
        assert visibility >= 6 * function["Timeout"]
        assert function["Timeout"] < lease < visibility


def test_a_deletion_begins_when_no_worker_believes_in_the_tenant_any_more():
    grace = TEMPLATE["Parameters"]["DeletionGrace"]["Default"]
    longest = max(function["Timeout"] for _, function, _ in queue_events())

    assert grace > KNOWN_FOR + longest
