"""What messages say, in deliveries and tests alike."""

from carillon.domain.channels import Channel
from carillon.domain.deliveries import Delivery, Occasion
from carillon.usecases import wording
from tests import builders as a

SLACK = a.integration("slack", Channel.CHAT)
BLOCKS = {"blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "For {{ who }}"}}]}


def composed(template, payload, overrides=None, integration=SLACK):
    delivery = Delivery(
        id="d1", invocation="i1", integration="x", provider=integration.provider, address={}
    )
    occasion = Occasion(
        event="welcome", accepted_at=a.NOW, payload=payload, overrides=overrides or {}
    )
    return wording.compose(
        delivery, occasion, [template], integration=integration, tenant=a.TENANT, ports=a.world()
    )


def test_a_providers_own_fields_are_filled_and_the_callers_go_before_them():
    template = a.template(medium=Channel.CHAT, native={**BLOCKS, "username": "{{ who }}"})

    message = composed(template, {"who": "Ana"}, {"slack": {"username": "Bo"}})

    assert message.overrides["blocks"][0]["text"]["text"] == "For Ana"
    assert message.overrides["username"] == "Bo"


def test_data_calls_nobody_in_a_providers_own_fields():
    template = a.template(medium=Channel.CHAT, native=BLOCKS)

    message = composed(template, {"who": "<!channel> <@U1> <#C1> <at>all</at> 1 < 2"})

    text = message.overrides["blocks"][0]["text"]["text"]
    assert not any(call in text for call in ("<!", "<@", "<#", "<at", "</at"))
    assert "1 < 2" in text


def test_words_may_name_the_product_and_the_sender():
    template = a.template(body="{{ __global.productName }} {{ __global.emailFromAddress }}")

    message = composed(template, {}, integration=a.integration())

    assert message.text == "acme hello@carillon.example"
