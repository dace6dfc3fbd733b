"""Tests of addresses and URLs: whether they belong to the public internet.

A tenant may not name any other destination: not loopback (on Lambda, the runtime's own API),
link-local (instance metadata), private or shared networks, nor the IPv6 ranges that embed these.
`ipaddress.is_global` alone does not protect: it accepts NAT64 and IPv4-compatible forms.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

# Hosts of a stack on one machine, which `local` puts here: reached by plain http. None on AWS.
LOCAL_HOSTS: frozenset[str] = frozenset()

NOT_PUBLIC = "must not name a host outside the public internet"

_DENIED_V4 = [
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",  # Azure's wire server
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
_ALLOWED_V6 = ip_network("2000::/3")
_DENIED_V6 = [ip_network(t) for t in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]

_NUMBER = re.compile(r"\d+|0x[0-9a-f]*")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        return address in _ALLOWED_V6 and not any(address in net for net in _DENIED_V6)
    return not any(address in net for net in _DENIED_V4)


def names_public_host(host: str, *, by_number: bool = True) -> bool:
    """Whether a URL's host may be public: a name may, an address must be.

    `by_number` says that a host that ends in a number is an address, as in `http` URLs: clients
    read `2130706433`, `0x7f.1` and `127.1` as 127.0.0.1.
    """
    name = host.removesuffix(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return False
    try:
        return is_public(ip_address(name.strip("[]").partition("%")[0]))
    except ValueError:
        return not (by_number and _NUMBER.fullmatch(name.rpartition(".")[2]))


def is_public_url(text: str) -> bool:
    """Whether a URL's host may be public, or is one of a stack on this machine."""
    try:
        parts = urlsplit(text)
        host, scheme = parts.hostname or "", parts.scheme
    except ValueError:
        return False
    if scheme != "https" and host in LOCAL_HOSTS:  # `http`, or Apprise's name for it
        return True
    return names_public_host(host, by_number=scheme in {"http", "https"})
