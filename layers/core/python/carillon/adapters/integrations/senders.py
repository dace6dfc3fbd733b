"""Senders in the tenants table, and their identities in Amazon SES.

https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_CreateEmailIdentity.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from carillon.adapters.aws import codecs, guards, keys
from carillon.adapters.aws.clients import Clients, available, code, failures
from carillon.adapters.aws.conditions import ABSENT, PRESENT, ConditionFailed
from carillon.adapters.aws.table import Delete, Put, Table
from carillon.domain.base.errors import Changed, Conflict, Invalid, NotFound
from carillon.domain.base.guards import Seen
from carillon.domain.base.problems import FieldProblem
from carillon.domain.base.terms import FieldName, Noun
from carillon.domain.integrations.senders import MailFrom, Sender, Signing, Verification

_MEANING: Mapping[str, Verification] = {
    "PENDING": Verification.PENDING,
    "SUCCESS": Verification.SUCCESS,
    "FAILED": Verification.FAILED,
    "TEMPORARY_FAILURE": Verification.FAILED,
    "NOT_STARTED": Verification.NONE,
}


class DynamoSenders:
    """Keeps an address twice: in its tenant's list, and as taken, for all tenants."""

    def __init__(self, tenant: str, table: Table) -> None:
        self._tenant = tenant
        self._table = table

    def of_tenant(self) -> Sequence[Sender]:
        rows = self._table.query(keys.senders(self._tenant))
        return [codecs.load(Sender, str(item["data"])) for item in rows.items]

    def add(self, sender: Sender, *, seen: Seen) -> None:
        taken, listed = (
            keys.sender(sender.email),
            keys.within(keys.senders(self._tenant), sender.email),
        )
        try:
            self._table.transact(
                Put({**taken._asdict(), "tenant": self._tenant}, ABSENT),
                Put({**listed._asdict(), "data": codecs.dump(sender)}),
                guards.moved(self._tenant, seen),
            )
        except ConditionFailed as failed:
            if failed.first:
                raise Conflict(f"{sender.email} is taken") from None
            raise Changed("The list of senders") from None

    def remove(self, sender: Sender) -> None:
        taken, listed = (
            keys.sender(sender.email),
            keys.within(keys.senders(self._tenant), sender.email),
        )
        try:
            self._table.transact(
                Delete(taken, "#tenant = :tenant", {"tenant": self._tenant}),
                Delete(listed, PRESENT),
            )
        except ConditionFailed:
            raise NotFound(Noun.SENDER, sender.email) from None


class SesIdentities:
    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    def region(self) -> str:
        return self._clients.identities.meta.region_name

    def find(self, email: str) -> Verification | None:
        answer = self._answer(email)
        if answer is None:
            return None
        if answer.get("VerifiedForSendingStatus"):
            return Verification.SUCCESS
        return _MEANING.get(answer.get("VerificationStatus", ""), Verification.PENDING)

    def signing(self, identity: str) -> Signing | None:
        answer = self._answer(identity)
        if answer is None:
            return None
        found = answer.get("DkimAttributes", {})
        return Signing(
            enabled=bool(found.get("SigningEnabled")),
            tokens=tuple(found.get("Tokens", ())),
            verification=_MEANING.get(found.get("Status", ""), Verification.PENDING),
        )

    def mail_from(self, identity: str) -> MailFrom | None:
        answer = self._answer(identity)
        if answer is None:
            return None
        found = answer.get("MailFromAttributes", {})
        status = found.get("MailFromDomainStatus", "NOT_STARTED")
        return MailFrom(
            domain=found.get("MailFromDomain", ""),
            verification=_MEANING.get(status, Verification.PENDING),
        )

    def set_mail_from(self, identity: str, domain: str) -> None:
        try:
            with available("SES"):
                self._clients.identities.put_email_identity_mail_from_attributes(
                    EmailIdentity=identity,
                    BehaviorOnMxFailure="USE_DEFAULT_VALUE",
                    **({"MailFromDomain": domain} if domain else {}),
                )
        except failures() as error:
            if code(error) == "NotFoundException":
                raise NotFound(Noun.SENDER, identity) from None
            if code(error) == "BadRequestException":
                message = "is not a domain that SES takes for this sender"
                raise Invalid(FieldProblem(FieldName.ADDRESS, message)) from None
            raise

    def _answer(self, identity: str) -> Mapping[str, Any] | None:
        try:
            with available("SES"):
                found: Mapping[str, Any] = self._clients.identities.get_email_identity(
                    EmailIdentity=identity
                )
        except failures() as error:
            if code(error) == "NotFoundException":
                return None
            raise
        return found

    def add(self, email: str) -> None:
        try:
            with available("SES"):
                self._clients.identities.create_email_identity(EmailIdentity=email)
        except failures() as error:
            if code(error) == "AlreadyExistsException":
                raise Conflict(f"{email} exists already in SES") from None
            raise

    def remove(self, email: str) -> None:
        try:
            with available("SES"):
                self._clients.identities.delete_email_identity(EmailIdentity=email)
        except failures() as error:
            if code(error) != "NotFoundException":
                raise
