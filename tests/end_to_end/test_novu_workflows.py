"""A tenant is set up by Novu's own client alone, and its events arrive."""

import uuid

import pytest
from novu_py import Novu, models

from tests import canaries

# The client would retry what it may for an hour; no test here needs it to.
NO_PATIENCE = {"retries": None, "timeout_ms": 20_000}
NAME = f"made-{uuid.uuid4().hex[:8]}"  # the tenant, and its workflow


@pytest.fixture(scope="module")
def novu(stack):
    """A client of a tenant that has nothing yet."""
    made = stack.admin(
        "POST", "/tenants", {"id": NAME, "name": NAME, "senders": ["*"]}, key=stack.operator_key
    )
    with Novu(secret_key=made["key"]["api_key"], server_url=stack.base_url) as client:
        yield client


@pytest.fixture(scope="module")
def integrations(novu):
    """A mail and a chat integration, by Novu's names of their credentials."""
    mail = models.CredentialsDto(from_="hello@carillon.example", sender_name="Carillon")
    made = [
        novu.integrations.create(
            create_integration_request_dto=models.CreateIntegrationRequestDto(
                provider_id=provider, channel=channel, credentials=credentials, active=True
            ),
            **NO_PATIENCE,
        ).result
        for provider, channel, credentials in (
            ("ses", "email", mail),
            ("slack", "chat", models.CredentialsDto(token=canaries.BOT_TOKEN)),
        )
    ]
    return {integration.provider_id: integration for integration in made}


@pytest.fixture(scope="module")
def workflow(novu, integrations):
    """A workflow with a mail and a chat message."""
    steps = [
        models.EmailStepUpsertDto(
            name="Mail",
            type="email",
            control_values=models.EmailControlDto(
                subject="Order {{payload.order}}",
                body="<p>Hello {{subscriber.firstName}}, {{payload.order}} left.</p>",
                editor_type="html",
            ),
        ),
        models.ChatStepUpsertDto(
            name="Chat",
            type="chat",
            control_values=models.ChatControlDto(body="{{payload.order}} left"),
        ),
    ]
    return novu.workflows.create(
        create_workflow_dto=models.CreateWorkflowDto(
            name="Made by the client", workflow_id=NAME, steps=steps, active=True, tags=["made"]
        ),
        **NO_PATIENCE,
    ).result


def person(stack, id):
    slack = models.SubscriberChannelDto(
        provider_id=models.ChatOrPushProviderEnum.SLACK,
        credentials=models.ChannelCredentialsDto(
            webhook_url=f"{stack.outbox_url}/slack/T0/{canaries.MARK}/{id}"
        ),
    )
    return models.SubscriberPayloadDto(
        subscriber_id=id, email=f"{id}.{canaries.EMAIL}", first_name="Ana", channels=[slack]
    )


def test_what_the_client_made_delivers(novu, stack, workflow):
    order = f"order-{uuid.uuid4().hex[:8]}"

    answer = novu.trigger(
        trigger_event_request_dto=models.TriggerEventRequestDto(
            workflow_id=workflow.workflow_id, to=person(stack, order), payload={"order": order}
        ),
        **NO_PATIENCE,
    ).result

    assert answer.status == "processed"
    [mail] = stack.wait_for(1, provider="email", contains=order)
    assert f"Hello Ana, {order} left." in mail["body"]
    [chat] = stack.wait_for(1, provider="slack", contains=f"{order} left")
    assert order in chat["body"]


def test_a_topic_that_the_client_filled_hears_of_it(novu, stack, workflow):
    order, team = f"order-{uuid.uuid4().hex[:8]}", f"{NAME}-team"
    members = [f"{NAME}-{number}" for number in range(2)]
    for id in members:
        novu.subscribers.create(
            create_subscriber_request_dto=models.CreateSubscriberRequestDto(
                subscriber_id=id, email=f"{id}.{canaries.EMAIL}", first_name=id
            ),
            **NO_PATIENCE,
        )
    novu.topics.create(
        create_update_topic_request_dto=models.CreateUpdateTopicRequestDto(key=team, name="Team"),
        **NO_PATIENCE,
    )
    novu.topics.subscriptions.create(
        topic_key=team,
        create_topic_subscriptions_request_dto=models.CreateTopicSubscriptionsRequestDto(
            subscriptions=members
        ),
        **NO_PATIENCE,
    )

    topic = models.TopicPayloadDto(topic_key=team, type=models.TriggerRecipientsTypeEnum.TOPIC)
    event = models.TriggerEventRequestDto(
        workflow_id=workflow.workflow_id, to=topic, payload={"order": order}
    )
    novu.trigger(trigger_event_request_dto=event, **NO_PATIENCE)

    mails = stack.wait_for(2, provider="email", contains=order)
    assert all(any(f"Hello {id}," in mail["body"] for mail in mails) for id in members)


def test_workflows_are_shown_and_changed(novu, workflow):
    id = {"workflow_id": workflow.workflow_id, **NO_PATIENCE}

    shown = novu.workflows.get(**id).result
    assert [(step.name, step.type) for step in shown.steps] == [("Mail", "email"), ("Chat", "chat")]
    step = novu.workflows.steps.retrieve(step_id="mail", **id).result
    assert step.control_values["subject"] == "Order {{payload.order}}"
    query = models.WorkflowControllerSearchWorkflowsRequest(limit=5, tags=["made"])
    listed = novu.workflows.list(request=query, **NO_PATIENCE).result
    assert [(each.workflow_id, each.status) for each in listed.workflows] == [(NAME, "ACTIVE")]

    patched = novu.workflows.patch(
        patch_workflow_dto=models.PatchWorkflowDto(description="Changed"), **id
    ).result
    assert patched.description == "Changed"
    synced = novu.workflows.sync(
        sync_workflow_dto=models.SyncWorkflowDto(target_environment_id=NAME), **id
    ).result
    assert synced.name == "Made by the client"


def test_a_workflow_comes_and_goes(novu, workflow):
    step = models.SmsStepUpsertDto(
        name="Text", type="sms", control_values=models.SmsControlDto(body="Hi")
    )
    other = models.CreateWorkflowDto(name="Other", workflow_id=f"{NAME}-2", steps=[])
    made = novu.workflows.create(create_workflow_dto=other, **NO_PATIENCE).result
    assert made.status == "INACTIVE"  # the client says so of what is not said to be active

    update = models.UpdateWorkflowDto(
        name="Other", steps=[step], preferences=models.PreferencesRequestDto()
    )
    id = {"workflow_id": made.workflow_id, **NO_PATIENCE}
    assert len(novu.workflows.update(update_workflow_dto=update, **id).result.steps) == 1
    novu.workflows.delete(**id)
    with pytest.raises(models.ErrorDto) as gone:
        novu.workflows.get(**id)
    assert gone.value.data.status_code == 404


def test_what_the_client_gets_wrong_is_a_typed_error(novu, workflow, integrations):
    taken = models.CreateWorkflowDto(name="Again", workflow_id=NAME, steps=[])
    with pytest.raises(models.ValidationErrorDto) as refused:
        novu.workflows.create(create_workflow_dto=taken, **NO_PATIENCE)
    assert list(refused.value.data.errors) == ["workflowId"]

    same = models.CreateIntegrationRequestDto(
        provider_id="slack", channel="chat", identifier=integrations["slack"].identifier
    )
    with pytest.raises(models.ErrorDto) as conflict:
        novu.integrations.create(create_integration_request_dto=same, **NO_PATIENCE)
    assert conflict.value.data.status_code == 409


def test_integrations_are_shown_and_changed(novu, integrations):
    listed = novu.integrations.list(**NO_PATIENCE).result
    assert {each.provider_id for each in listed} == {"novu", "ses", "slack"}
    slack = next(each for each in listed if each.provider_id == "slack")
    assert slack.credentials.token == "***"

    id = {"integration_id": integrations["ses"].id, **NO_PATIENCE}
    assert novu.integrations.set_as_primary(**id).result.primary
    renamed = novu.integrations.update(
        update_integration_request_dto=models.UpdateIntegrationRequestDto(name="Mail"), **id
    ).result
    assert (renamed.name, renamed.credentials.sender_name) == ("Mail", "Carillon")
    active = novu.integrations.list_active(**NO_PATIENCE).result
    assert {each.provider_id for each in active} == {"novu", "ses", "slack"}

    more = models.CreateIntegrationRequestDto(provider_id="discord", channel="chat")
    made = novu.integrations.create(create_integration_request_dto=more, **NO_PATIENCE).result
    left = novu.integrations.delete(integration_id=made.id, **NO_PATIENCE).result
    assert made.id not in {each.id for each in left}


def test_the_environment_is_the_tenant(novu):
    [environment] = novu.environments.list(**NO_PATIENCE).result

    assert (environment.id, environment.name) == (NAME, NAME)


def test_what_is_not_served_is_a_typed_error(novu):
    with pytest.raises(models.ErrorDto) as refused:
        novu.layouts.list(**NO_PATIENCE)

    assert refused.value.data.status_code == 404
