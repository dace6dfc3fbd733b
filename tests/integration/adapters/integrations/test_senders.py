"""Whose sender an address is, and what the mail service knows of it."""

import uuid

import pytest

from carillon.adapters.integrations.senders import SesIdentities
from carillon.domain.base.errors import Conflict, NotFound, Unavailable
from carillon.domain.integrations.senders import Sender, Verification
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


def test_senders_are_the_tenants_own(world, tenant, other, email):
    world.senders.add(tenant, sender(email))

    assert world.senders.of_tenant(tenant) == [sender(email)]
    assert world.senders.of_tenant(other) == []


def test_an_address_is_one_tenants_alone_until_it_gives_it_up(world, tenant, other, email):
    world.senders.add(tenant, sender(email))

    for whose in (tenant, other):
        with pytest.raises(Conflict):
            world.senders.add(whose, sender(email))
    with pytest.raises(NotFound):
        world.senders.remove(other, sender(email))
    world.senders.remove(tenant, sender(email))
    world.senders.add(other, sender(email))

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
