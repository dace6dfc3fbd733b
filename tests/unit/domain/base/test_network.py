"""Which addresses are the public internet's, where `ipaddress.is_global` is wrong too."""

from ipaddress import ip_address

import pytest

from carillon.domain.base.network import is_public, is_public_url


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "168.63.129.16",
        "192.168.0.1",
        "172.31.255.255",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "0.0.0.0",
        "::1",
        "::",
        "::ffff:127.0.0.1",
        "::169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "fc00::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "3fff::1",
        "5f00::1",
        "2001:db8::1",
    ],
)
def test_what_is_not_the_internet(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "172.32.0.1"])
def test_what_is(address):
    assert is_public(ip_address(address))


PRIVATE = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "017700000001",
    "a.b.0x7f",
    "10.0.0.1",
    "169.254.169.254",
    "[::1]",
    "[::ffff:10.0.0.1]",
    "[fe80::1%25eth0]",
    "localhost",
    "LOCALHOST.",
    "api.localhost",
]


@pytest.mark.parametrize("host", PRIVATE)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_url_of_an_address_that_is_not_public_is_told_by_its_host(scheme, host):
    assert not is_public_url(f"{scheme}://{host}/x")
    assert not is_public_url(f"{scheme}://{host}:8443/x")


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://1.1.1.1/x",
        "https://[2606:4700::1111]/",
        "https://1.example/",
        "https://127.0.0.1.example/",
        "https://localhost.example/",
        "tgram://123456789:token/chat",
        "twilio://sid:token@15551234567/",
    ],
)
def test_a_url_of_a_name_or_a_public_address_may_be_saved(url):
    assert is_public_url(url)


@pytest.mark.parametrize("url", ["json://127.0.0.1/", "ntfy://localhost/x", "jsons://[::1]/x"])
def test_urls_of_services_name_no_address_that_is_not_public(url):
    assert not is_public_url(url)
