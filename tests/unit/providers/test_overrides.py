"""Overrides: names in every spelling, and the services whose messages Novu shapes by them."""

import json

import pytest

from carillon.domain.base.errors import Invalid
from carillon.domain.delivery.transport import BearerRequest
from carillon.providers.registry import Providers
from tests.unit.providers.messages import message
from tests.unit.providers.test_mobile import APNS, DEVICE, FCM

PROVIDERS = Providers()
EACH = pytest.mark.parametrize("id", PROVIDERS.ids())
HOOK = {"webhook_url": "https://hook.example/a"}
APP = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "Hi"}]}


def sent(id, overrides, address=HOOK, settings=None, **fields):
    request = PROVIDERS.get(id).build(
        message(overrides=overrides, **fields), address, settings or {}
    )
    inner = request.request if isinstance(request, BearerRequest) else request
    return json.loads(inner.body)


@EACH
def test_a_name_is_known_in_each_spelling_and_no_other_name_is(id):
    provider = PROVIDERS.get(id)
    if provider.overrides.model_config.get("extra") == "allow":
        assert provider.check_overrides({"anything": {"at": "all"}}) == []
        return
    names = [field.alias or name for name, field in provider.overrides.model_fields.items()]
    for name in names:
        for spelled in (name, name.upper(), name.replace("_", "-"), name.replace("-", "")):
            assert "is not known" not in str(provider.check_overrides({spelled: object()}))

    [problem] = provider.check_overrides({"surely_not": 1})
    assert (problem.within, problem.message) == ("surely_not", "is not known")
    assert provider.own_overrides({"surely_not": 1}) == {}


@EACH
def test_a_value_of_the_wrong_kind_is_named_and_never_sent(id):
    provider = PROVIDERS.get(id)
    for name, field in provider.overrides.model_fields.items():
        given = {field.alias or name: object()}
        assert [problem.within for problem in provider.check_overrides(given)]
        with pytest.raises(Invalid):
            provider.own_overrides(given)


def test_each_name_of_ours_becomes_part_of_a_chat_message():
    for id, values in {
        "discord": {"content": "A", "username": "B", "avatarUrl": "https://a.example/i"},
        "mattermost": {"text": "A", "iconEmoji": ":b:", "props": {"card": "c"}},
        "ryver": {"text": "A", "createSource": {"displayName": "B"}},
        "grafana-on-call": {"title": "A", "externalLink": "https://a.example", "state": "ok"},
        "zulip": {"text": "A"},
    }.items():
        body = json.dumps(sent(id, values))
        for value in values.values():
            assert json.dumps(value) in body, id


def test_ryvers_other_format_has_no_sender_to_choose():
    with pytest.raises(Invalid, match="createSource"):
        sent("ryver", {"createSource": {"displayName": "B"}}, settings={"format": "slack"})


# ------------------------------------------------------------------------------- Teams


def test_a_card_that_the_template_holds_is_sent_as_a_card():
    body = sent("msteams", {}, text=json.dumps(CARD))

    assert body["attachments"][0]["content"] == CARD
    assert body["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"


def test_a_card_that_the_template_holds_takes_overrides():
    actions = [{"type": "Action.OpenUrl", "title": "Go", "url": "https://a.example"}]

    body = sent("msteams", {"actions": actions}, text=json.dumps(CARD))

    assert body["attachments"][0]["content"] == {**CARD, "actions": actions}


def test_a_whole_message_that_the_template_holds_is_sent_as_it_is():
    whole = {"type": "message", "attachments": []}

    assert sent("msteams", {}, text=json.dumps(whole)) == whole
    with pytest.raises(Invalid, match="actions"):
        sent("msteams", {"actions": []}, text=json.dumps(whole))


@pytest.mark.parametrize("text", ["{not json", "{", "[1]", '"text"', "{{ a }}"])
def test_what_is_no_object_is_text(text):
    body = sent("msteams", {}, subject="", text=text)

    assert body["attachments"][0]["content"]["body"][0]["text"] == text


# ------------------------------------------------------------------------------- push


def test_onesignal_has_novus_one_name_for_what_each_platform_has_under_its_own():
    said = {"sound": "s", "icon": "i", "channelId": "c", "categoryId": "k", "subtitle": "u"}
    settings = {"app_id": APP, "api_key": "k"}

    body = sent("one-signal", said, {"device_token": APP}, settings)

    assert {body["ios_sound"], body["android_sound"]} == {"s"}
    assert {body[f"{name}_icon"] for name in ("small", "large", "chrome", "firefox")} == {"i"}
    assert (body["android_channel_id"], body["ios_category"]) == ("c", "k")
    assert body["subtitle"] == {"en": "u"}
    assert not body.keys() & {"sound", "icon", "channel_id", "category_id"}


def test_beams_has_novus_names_within_the_part_of_each_platform():
    said = {"sound": "s", "badge": 2, "ttl": 60, "icon": "i", "web": {"notification": {"deep": 1}}}
    settings = {"instance_id": APP, "secret_key": "k"}

    body = sent("pusher-beams", said, {"device_token": "u"}, settings)

    assert body["apns"]["aps"] == {
        "alert": {"title": "Shipped", "body": "It is on its way."},
        "badge": 2,
        "sound": "s",
    }
    assert (body["fcm"]["notification"]["icon"], body["fcm"]["time_to_live"]) == ("i", 60)
    assert body["web"]["notification"]["deep"] == 1
    assert body["web"]["notification"]["title"] == "Shipped"


def test_a_data_message_of_fcm_keeps_the_payload_and_the_words():
    said = {"type": "data", "data": {"k": 5}}

    body = sent("fcm", said, {"device_token": "t"}, FCM)["message"]

    words = "It is on its way."
    data = {"order": "7", "title": "Shipped", "body": words, "message": words, "k": "5"}
    assert body == {"token": "t", "data": data}


def test_a_background_push_of_apple_has_the_priority_that_it_must_have():
    provider = PROVIDERS.get("apns")
    said = message(overrides={"pushType": "background", "contentAvailable": True})

    request = provider.build(said, {"device_token": DEVICE}, APNS)

    assert (request.headers["apns-push-type"], request.headers["apns-priority"]) == (
        "background",
        "5",
    )


def test_the_words_of_a_push_of_apple_are_replaced_one_by_one():
    body = sent("apns", {"title": "Other", "subtitle": "Under"}, {"device_token": DEVICE}, APNS)

    assert body["aps"]["alert"] == {
        "title": "Other",
        "subtitle": "Under",
        "body": "It is on its way.",
    }
