"""What messages say, in deliveries and tests alike."""

import pytest

from carillon.domain.base.channels import Channel
from carillon.domain.base.errors import Invalid
from carillon.domain.delivery.deliveries import Delivery, EventDetails
from carillon.domain.intake.overrides import NO_OVERRIDES, Overrides
from carillon.usecases.delivery import composing
from tests import builders as a

SLACK = a.integration("slack", Channel.CHAT)
BLOCKS = {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "For {{ who }}"}}]}


def composed(template, payload, overrides=None, integration=SLACK, **how):
    delivery = Delivery(
        id="d1", invocation="i1", integration="x", provider=integration.provider, address={}
    )
    event_details = EventDetails(
        event="welcome", accepted_at=a.NOW, payload=payload, overrides=overrides or NO_OVERRIDES
    )
    templates = [template] if template else []
    return composing.compose(
        delivery,
        event_details,
        templates,
        integration=integration,
        event=a.event_type(),
        ports=a.world().of(a.TENANT),
        **how,
    )


def test_a_providers_own_fields_are_filled_and_the_callers_go_before_them():
    template = a.template(medium=Channel.CHAT, native={**BLOCKS, "username": "{{ who }}"})

    message = composed(template, {"who": "Ana"}, Overrides(providers={"slack": {"username": "Bo"}}))

    assert message.overrides["blocks"][0]["text"]["text"] == "For Ana"
    assert message.overrides["username"] == "Bo"


def test_data_is_no_markup_in_a_providers_own_fields():
    template = a.template(medium=Channel.CHAT, native=BLOCKS)

    message = composed(template, {"who": "<!channel> <@U1> 1 < 2"})

    text = message.overrides["blocks"][0]["text"]["text"]
    assert text == "For &lt;!channel&gt; &lt;@U1&gt; 1 &lt; 2"


def test_the_authors_markup_is_and_data_is_none():
    template = a.template(
        medium=Channel.CHAT,
        subject="*{{ who }}*",
        body="<!here> <https://acme.example/{{ id }}|{{ who }}>",
    )

    message = composed(template, {"who": "<Ana> *x*", "id": "7|>"})

    star = "\N{ASTERISK OPERATOR}"
    assert message.text == f"<!here> <https://acme.example/7%7C%3E|&lt;Ana&gt; {star}x{star}>"
    assert message.subject == "*<Ana> *x**"
    assert message.title == f"*&lt;Ana&gt; {star}x{star}*"


def test_a_mail_and_a_feed_show_data_as_it_is():
    data = {"who": "<b> *x* _y_ [z](https://x.example)"}
    template = a.template(body="For {{ who }}", html="<p>{{ who }}</p>")
    mail = composed(template, data, integration=a.integration())

    assert mail.text == f"For {data['who']}"
    assert mail.html == "<p>&lt;b&gt; *x* _y_ [z](https://x.example)</p>"


def test_words_may_name_the_product_and_the_sender():
    template = a.template(body="{{ __global.productName }} {{ __global.emailFromAddress }}")

    message = composed(template, {}, integration=a.integration())

    assert message.text == "acme hello@carillon.example"


def test_a_room_is_told_the_data_where_nobody_has_found_words():
    payload = {"order": "4711", "items": [1, 2], "by": "<!channel> Zoë"}
    message = composed(None, payload, plainly=True)

    assert message.subject == "welcome"
    assert message.text.splitlines() == [
        "order: 4711",
        "items: [1, 2]",
        "by: &lt;!channel&gt; Zoë",
    ]
    assert composed(None, {}, plainly=True).text == "welcome"
    assert len(composed(None, {"log": "x" * 9_000}, plainly=True).text) == 2_000


def test_a_person_is_told_nothing_without_words():
    with pytest.raises(Invalid, match="template is missing for chat"):
        composed(None, {"order": "4711"})
