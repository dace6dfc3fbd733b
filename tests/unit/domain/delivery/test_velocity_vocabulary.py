"""The names of templates in Velocity are SailPoint's, and the payload's go before them."""

from carillon.domain.delivery import velocity_vocabulary

KNOWN = {
    "payload": {"item": "Laptop"},
    "subscriber": {
        "subscriberId": "ana",
        "firstName": "Ana",
        "lastName": "Li",
        "email": "ana@example.com",
        "data": {"department": "IT"},
    },
    "__global": {"productName": "Acme"},
    "event": {"timestamp": "2026-01-01T00:00:00Z"},
}


def test_a_subscriber_is_named_as_an_identity_is():
    names = velocity_vocabulary.of_message(KNOWN)

    assert names["user"] == names["__recipient"]
    assert names["user"]["name"] == names["user"]["displayName"] == "Ana Li"
    assert names["user"]["firstname"] == names["user"]["givenName"] == "Ana"
    assert names["user"]["department"] == "IT"
    assert "phone" not in names["user"]


def test_products_and_the_time_have_sailpoints_names():
    names = velocity_vocabulary.of_message(KNOWN)

    assert names["PRODUCT_NAME"] == "Acme"
    assert names["nowDate"] == "2026-01-01T00:00:00Z"
    assert names["__contentJson"] == {"item": "Laptop"}


def test_the_payload_goes_before_all_but_what_is_reserved():
    payload = {"user": "theirs", "__recipient": "theirs", "__global": {"productURL": "https://a"}}

    names = velocity_vocabulary.of_message(KNOWN | {"payload": payload})

    assert names["user"] == "theirs"
    assert names["__recipient"]["name"] == "Ana Li"
    assert names["__global"] == {"productURL": "https://a", "productName": "Acme"}
