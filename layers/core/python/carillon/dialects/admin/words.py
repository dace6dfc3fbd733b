"""The admin API's words: it is the domain's own dialect, so nearly all are the same."""

from carillon.dialects.words import Words, members
from carillon.domain.base.terms import FieldName, Noun

WORDS = Words(
    fields={
        FieldName.SINCE: "from",
    },
    same=members(
        FieldName,
        "address body cursor data environments event_type expires_at filter html id in_app "
        "input input_schema integration medium native output_schema payload primary "
        "provider sample sample_output settings subject target template",
    ),
    unsaid=members(
        FieldName,
        "attachments "
        "active after answer before channels copies email key message name "
        "offset order output overrides page phone registrations subscriptions templates text topic",
    ),
    absences={},
    plain=frozenset(Noun),
)
