"""Tests of addresses and URLs: whether they belong to the public internet.

A tenant may not name any other destination: not loopback (on Lambda, the runtime's own API),
link-local (instance metadata), private or shared networks, nor the IPv6 ranges that embed these.
`ipaddress.is_global` alone does not protect: it accepts NAT64 and IPv4-compatible forms.
"""

from ipaddress import IPv4Address, IPv6Address, ip_network

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


def is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        return address in _ALLOWED_V6 and not any(address in net for net in _DENIED_V6)
    return not any(address in net for net in _DENIED_V4)
