"""Whose sender an address is, and what the mail service knows of it."""

import uuid

import pytest

from carillon.adapters.integrations.senders import SesIdentities
from carillon.domain.base.errors import Conflict, Invalid, NotFound, Unavailable
from carillon.domain.base.guards import Guarded
from carillon.domain.integrations.senders import MailFrom, Sender, Signing, Verification
from tests import fakes
from tests.integration.adapters.stubs import ScriptedClients, error


@pytest.fixture
def email():
    return f"{uuid.uuid4().hex}@example.com"


@pytest.fixture(params=["fake", "ministack"])
def identities(request):
    if request.param == "fake":
        return fakes.Identities()
    return SesIdentities(request.getfixturevalue("ministack_clients"))


def sender(email):
    return Sender(email=email, created_at=fakes.START)


def add(world, tenant, email):
    seen = world.guards.see(tenant, Guarded.SENDERS)
    world.senders.add(tenant, sender(email), seen=seen)


def test_senders_are_the_tenants_own(world, tenant, other, email):
    add(world, tenant, email)

    assert world.senders.of_tenant(tenant) == [sender(email)]
    assert world.senders.of_tenant(other) == []


def test_an_address_is_one_tenants_alone_until_it_gives_it_up(world, tenant, other, email):
    add(world, tenant, email)

    for whose in (tenant, other):
        with pytest.raises(Conflict):
            add(world, whose, email)
    with pytest.raises(NotFound):
        world.senders.remove(other, sender(email))
    world.senders.remove(tenant, sender(email))
    add(world, other, email)

    assert world.senders.of_tenant(tenant) == []


def test_the_mail_service_knows_an_address_until_it_is_removed(identities, email):
    assert identities.find(email) is None

    identities.add(email)

    assert identities.find(email) in {Verification.PENDING, Verification.SUCCESS}
    assert identities.region()
    identities.remove(email)
    identities.remove(email)
    assert identities.find(email) is None


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        ({"VerifiedForSendingStatus": True}, Verification.SUCCESS),
        ({"VerificationStatus": "PENDING"}, Verification.PENDING),
        ({"VerificationStatus": "TEMPORARY_FAILURE"}, Verification.FAILED),
        ({"VerificationStatus": "NOT_STARTED"}, Verification.NONE),
        ({"VerificationStatus": "NEW_WORD"}, Verification.PENDING),
    ],
)
def test_what_ses_says_of_an_address(answer, meaning, email):
    assert SesIdentities(ScriptedClients(get_email_identity=[answer])).find(email) is meaning


def test_what_ses_knows_already_is_a_conflict_and_what_it_cannot_do_now_unavailable(email):
    known = ScriptedClients(create_email_identity=[error("AlreadyExistsException", 400)])
    busy = ScriptedClients(create_email_identity=[error("TooManyRequestsException", 429)])
    gone = ScriptedClients(delete_email_identity=[error("NotFoundException", 404)])

    with pytest.raises(Conflict):
        SesIdentities(known).add(email)
    with pytest.raises(Unavailable):
        SesIdentities(busy).add(email)
    SesIdentities(gone).remove(email)


@pytest.fixture(params=["fake", "moto"])
def service(request):
    if request.param == "fake":
        return fakes.Identities()
    return SesIdentities(request.getfixturevalue("moto_clients"))


def test_the_mail_service_signs_for_a_domain_once_it_knows_it(service):
    domain = f"{uuid.uuid4().hex}.example.com"
    assert (service.signing(domain), service.mail_from(domain)) == (None, None)

    service.add(domain)

    assert service.signing(domain).verification is not Verification.SUCCESS
    assert service.mail_from(domain) == MailFrom()


SIGNED = {
    "DkimAttributes": {"SigningEnabled": True, "Status": "SUCCESS", "Tokens": ["a", "b", "c"]},
    "MailFromAttributes": {
        "MailFromDomain": "bounces.example.com",
        "MailFromDomainStatus": "TEMPORARY_FAILURE",
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE",
    },
}


def test_what_ses_says_of_a_domain():
    clients = ScriptedClients(get_email_identity=[SIGNED, SIGNED])

    assert SesIdentities(clients).signing("example.com") == Signing(
        enabled=True, tokens=("a", "b", "c"), verification=Verification.SUCCESS
    )
    assert SesIdentities(clients).mail_from("example.com") == MailFrom(
        domain="bounces.example.com", verification=Verification.FAILED
    )


def test_bounces_are_set_and_what_ses_does_not_take_is_the_callers_mistake():
    taken = ScriptedClients(put_email_identity_mail_from_attributes=[{}, {}])
    bad = ScriptedClients(
        put_email_identity_mail_from_attributes=[error("BadRequestException", 400)]
    )
    gone = ScriptedClients(
        put_email_identity_mail_from_attributes=[error("NotFoundException", 404)]
    )
    busy = ScriptedClients(
        put_email_identity_mail_from_attributes=[error("TooManyRequestsException", 429)]
    )

    for domain in ("bounces.example.com", ""):
        SesIdentities(taken).set_mail_from("example.com", domain)
    for clients, refusal in ((bad, Invalid), (gone, NotFound), (busy, Unavailable)):
        with pytest.raises(refusal):
            SesIdentities(clients).set_mail_from("example.com", "bounces.example.com")
