"""Addresses that no request may reach: IANA's special-purpose registries, and IPv4 hidden in IPv6."""

import ipaddress

V4_BLOCKS = [
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/31", "192.0.2.0/24",
    "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.88.99.2/32", "192.168.0.0/16", "192.175.48.0/24",
    "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
]
V6_BLOCKS = [
    "::/128", "::1/128", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64",
    "100:0:0:1::/64", "2001::/23", "2001::/32", "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:2::/48",
    "2001:3::/32", "2001:4:112::/48", "2001:10::/28", "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16",
    "2620:4f:8000::/48", "3ffe::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    "400::/6", "4000::/3", "8000::/3", "e000::/4",
]
PUBLIC_V4, PUBLIC_V6 = "93.184.216.34", "2606:2800:220:1::248"


def samples(blocks):
    """The first, the middle and the last address of each block."""
    found = {}
    for block in map(ipaddress.ip_network, blocks):
        for offset in (0, block.num_addresses // 2, block.num_addresses - 1):
            found[str(block[offset])] = None
    return list(found)


def embedded(v4):
    """An IPv4 address as IPv6, in every form."""
    number = int(ipaddress.IPv4Address(v4))
    flipped = number ^ 0xFFFFFFFF
    high, low = divmod(number, 0x10000)
    forms = [
        f"::ffff:{v4}",                             # mapped
        f"::{v4}",                                  # compatible
        f"::ffff:0:{v4}",                           # translated
        f"64:ff9b::{v4}",                           # NAT64
        f"64:ff9b:1::{v4}",                         # local NAT64
        f"2002:{high:x}:{low:x}::1",                # 6to4
        f"2001:0:{high:x}:{low:x}::f7f7:f7f7",      # Teredo's server
        f"2001:0:808:808:0:0:{flipped >> 16:x}:{flipped & 0xFFFF:x}",  # Teredo's client
        f"2a00:1450:1:1:0:5efe:{high:x}:{low:x}",   # ISATAP
    ]
    return [str(ipaddress.IPv6Address(form)) for form in forms]


def every_denied_address():
    v4 = samples(V4_BLOCKS)
    hidden = [form for one in v4 for form in embedded(one)]
    return list(dict.fromkeys([*v4, *samples(V6_BLOCKS), *hidden]))


def can_be_a_peer(address):
    """No TCP connection goes to a group, nor to a link-local address without its interface."""
    one = ipaddress.ip_address(address)
    inner = getattr(one, "ipv4_mapped", None) or one
    group = inner.is_multicast or str(inner) == "255.255.255.255"
    return not group and not (inner.version == 6 and inner in ipaddress.ip_network("fe80::/10"))


def is_public(address):
    return address in (PUBLIC_V4, PUBLIC_V6)
