"""Whom a tenant may send as."""

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.integrations.senders import Sender, Verification
from carillon.usecases.setup.sending_as import AllowedSenders, may_send_as
from tests import builders as a

SES, SMTP = a.integration(), a.integration("smtp")
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
        (SES, "hello@carillon.example", True),
        (SES, "Anybody <Hello@carillon.example>", True),
        (SES, "other@carillon.example", False),  # it may be another tenant's
        (SES, "billing@acme.example", True),  # a verified sender
        (SES, "pending@acme.example", False),
        (SES, "boss@globex.example", False),  # another tenant's
        (SMTP, "Other <other@carillon.example>", True),
        (SMTP, "other@sub.carillon.example", False),
        (SMTP, "other@other.example", False),
        (SMTP, "billing@acme.example", True),
        (TWILIO, "Acme", True),  # the tenant's own account knows
        (SNS, "Acme", True),
        (SNS, "Globex", False),
        (SNS, "+15557730100", False),
    ],
)
def test_a_sender_is_the_integrations_own_or_verified_for_the_tenant(integration, sender, allowed):
    ports = a.world()
    for tenant, email, state in (
        (a.TENANT, "billing@acme.example", Verification.SUCCESS),
        (a.TENANT, "pending@acme.example", Verification.PENDING),
        ("globex", "boss@globex.example", Verification.SUCCESS),
    ):
        ports.senders.add(tenant, Sender(email=email, created_at=a.NOW))
        ports.identities.known[email] = state

    assert may_send_as(sender, integration, ports=ports.of(a.TENANT), verify=True) is allowed
