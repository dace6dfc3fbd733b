"""Whom a tenant may send as."""

from dataclasses import replace

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.catalogue.templates import Message
from carillon.domain.delivery.deliveries import Outcome
from carillon.domain.integrations.senders import Sender, Verification
from carillon.usecases.integrations import integrations
from carillon.usecases.integrations.integrations import IntegrationDraft
from carillon.usecases.setup.sending_as import AllowedSenders, may_send_as
from carillon.usecases.trying.send_test import send_test
from tests import builders as a

SES, SMTP = a.integration(settings={"from": "hello@carillon.example"}), a.integration("smtp")
TWILIO = a.integration(
    "twilio",
    Channel.SMS,
    settings={"account_sid": "AC" + "0" * 32, "auth_token": "t", "from": "+15557730100"},
)
SNS = a.integration("sns", Channel.SMS, settings={"sender_id": "Acme"})


def test_a_sender_is_looked_up_once_for_the_messages_of_a_chunk(monkeypatch):
    ports = a.world()
    ports.senders.add(a.TENANT, Sender(email="billing@acme.example", created_at=a.NOW))
    asked = []
    read = ports.senders.of_tenant
    monkeypatch.setattr(ports.senders, "of_tenant", lambda of: asked.append(of) or read(of))
    senders = AllowedSenders(ports.of(a.TENANT))

    answers = [senders.allow("billing@acme.example", SES) for _ in range(25)]

    assert (set(answers), asked) == ({True}, [a.TENANT])


@pytest.mark.parametrize(
    ("integration", "sender", "allowed"),
    [
        (SES, "hello@carillon.example", False),  # nobody has granted it
        (SES, "hello@granted.example", True),
        (SES, "Anybody <Hello@Granted.example>", True),
        (SES, "hello@mail.granted.example", True),
        (SES, "hello@ungranted.example", False),
        (SES, "hello@granted.example.evil.example", False),
        (SES, "one@single.example", True),
        (SES, "two@single.example", False),
        (SES, "billing@acme.example", True),  # a verified sender
        (SES, "pending@acme.example", False),
        (SES, "boss@globex.example", False),  # another tenant's
        (SMTP, "Other <other@carillon.example>", True),
        (SMTP, "other@sub.carillon.example", False),
        (SMTP, "other@other.example", False),
        (SMTP, "billing@acme.example", True),
        (TWILIO, "Acme", True),  # the tenant's own account knows
        (SNS, "Acme", False),  # nobody has granted it
        (SNS, "ALERTS", True),
        (SNS, "+15557730199", True),
        (SNS, "Globex", False),
        (SNS, "+15557730100", False),
    ],
)
def test_a_sender_is_the_integrations_own_or_verified_for_the_tenant(integration, sender, allowed):
    ports = a.world()
    granted = ("granted.example", "one@single.example", "Alerts", "+15557730199")
    ports.tenants.put(replace(ports.tenants.get(a.TENANT), senders=granted))
    for tenant, email, state in (
        (a.TENANT, "billing@acme.example", Verification.SUCCESS),
        (a.TENANT, "pending@acme.example", Verification.PENDING),
        ("globex", "boss@globex.example", Verification.SUCCESS),
    ):
        ports.senders.add(tenant, Sender(email=email, created_at=a.NOW))
        ports.identities.known[email] = state

    assert may_send_as(sender, integration, ports=ports.of(a.TENANT), verify=True) is allowed


@pytest.mark.parametrize(
    ("integration", "senders"),
    [
        (SES, ()),
        (SES, ("elsewhere.example",)),
        (SNS, ()),
        (a.integration("sns", Channel.SMS, settings={"origination_number": "+15557730100"}), ()),
    ],
)
def test_an_integration_whose_sender_is_not_granted_is_neither_saved_nor_sent_by(
    integration, senders
):
    ports = a.world()
    ports.tenants.put(replace(ports.tenants.get(a.TENANT), senders=senders))
    of_tenant = ports.of(a.TENANT)
    message = Message(
        id="m1", tenant=a.TENANT, event="test", occurred_at=a.NOW, attempted_at=a.NOW, text="hello"
    )

    with pytest.raises(Invalid, match="granted by the operator"):
        integrations.create(
            IntegrationDraft(provider=integration.provider, settings=integration.settings),
            ports=of_tenant,
        )
    tested = send_test(integration, message, address={"email": "ana@x.example"}, ports=of_tenant)

    assert (tested.result.outcome, tested.result.code) == (Outcome.CONFIG, "sender_not_granted")
    assert ports.egress.requests == []


@pytest.mark.parametrize("state", [Verification.PENDING, Verification.SUCCESS, None])
def test_an_address_without_a_mail_of_its_own_is_as_verified_as_its_domain(state):
    ports = a.world()
    for email in ("@acme.example", "hello@mail.acme.example"):
        ports.senders.add(a.TENANT, Sender(email=email, created_at=a.NOW))
    if state:
        ports.identities.known["acme.example"] = state

    def may(sender, tenant=a.TENANT):
        return may_send_as(sender, SES, ports=ports.of(tenant), verify=True)

    assert may("hello@mail.acme.example") is (state is Verification.SUCCESS)
    assert not may("other@acme.example")
    assert not may("@acme.example")
    assert not may("hello@mail.acme.example", "globex")
