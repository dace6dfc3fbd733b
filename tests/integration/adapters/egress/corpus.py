"""URLs that tenants may send us to: hostile ones by their kind, and good ones.

`PORT` in a hostile URL stands for that of a listener on this machine which waits for it: where it
is found, a missing check would really connect. Names are those of `NAMES`; nothing else resolves.
"""

PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:4700::1111"

NAMES = {
    "example.com": [PUBLIC],
    "six.example": [PUBLIC_6],
    "both.example": [PUBLIC_6, PUBLIC],
    "xn--bcher-kva.example": [PUBLIC],
    "a_b.example": [PUBLIC],
    "example.com.": [PUBLIC],
    "a.b.c.d.e.example": [PUBLIC],
    "1.example": [PUBLIC],
    "localhost.example": [PUBLIC],
    "127.0.0.1.example": [PUBLIC],
    "internal.example": [PUBLIC],
    "hooks.slack.com": [PUBLIC],
    "discord.com": [PUBLIC],
    "prod-1.westeurope.logic.azure.com": [PUBLIC],
    "org.ryver.com": [PUBLIC],
    # One forbidden answer among good ones is how rebinding looks when it resolves once.
    "mixed.example": [PUBLIC, "127.0.0.1"],
    "mixed-first.example": ["127.0.0.1", PUBLIC],
    "mixed-private.example": [PUBLIC, "10.0.0.1"],
    "mixed6.example": [PUBLIC, "::1"],
    "mixed-mapped.example": [PUBLIC_6, "::ffff:127.0.0.1"],
    "last.example": [PUBLIC] * 9 + ["169.254.169.254"],
    "loop.example": ["127.0.0.1"],
    "loop2.example": ["127.0.0.2"],
    "loop6.example": ["::1"],
    "cname.example": ["127.0.0.1"],
    "xn--loop-5qa.example": ["127.0.0.1"],
    "metadata.example": ["169.254.169.254"],
    "ecs.example": ["169.254.170.2"],
    "private.example": ["192.168.1.1"],
    "shared.example": ["100.64.0.1"],
    "wire.example": ["168.63.129.16"],
    "multicast.example": ["224.0.0.1"],
    "broadcast.example": ["255.255.255.255"],
    "zero.example": ["0.0.0.0"],
    "any6.example": ["::"],
    "linklocal6.example": ["fe80::1%eth0"],
    "ula.example": ["fd00:ec2::254"],
    "nat64.example": ["64:ff9b::a9fe:a9fe"],
    "sixtofour.example": ["2002:a9fe:a9fe::1"],
    "mapped.example": ["::ffff:10.0.0.1"],
    "mapped-loop.example": ["::ffff:127.0.0.1"],
    "compatible.example": ["::169.254.169.254"],
    "teredo.example": ["2001:0:1::1"],
    "doc6.example": ["2001:db8::1"],
    "sitelocal.example": ["fec0::1"],
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "localhost6": ["::1"],
    "ip6-localhost": ["::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "instance-data": ["169.254.169.254"],
    "instance-data.ec2.internal": ["169.254.169.254"],
    "kubernetes.default.svc": ["10.96.0.1"],
    "host.docker.internal": ["172.17.0.1"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "7f000001.nip.io": ["127.0.0.1"],
    "localtest.me": ["127.0.0.1"],
    "spoofed.burpcollaborator.net": ["127.0.0.1"],
    "169.254.169.254.sslip.io": ["169.254.169.254"],
    "10.0.0.1.xip.io": ["10.0.0.1"],
}
_GOOD_NAMES = {name for name, found in NAMES.items() if set(found) <= {PUBLIC, PUBLIC_6}}

# 127.0.0.1 and its neighbours, as resolvers read them.
_HOME_V4 = """
    127.0.0.1 127.0.0.2 127.1 127.0.1 127.127.127.127 127.255.255.254 2130706433 2130706434
    0x7f000001 0x7F000001 0x7f.1 0x7f.0.1 0x7f.0x0.0x0.0x1 0x7f.0.0.0x1 0177.0.0.1 0177.1
    0177.0.0x0.1 017700000001 127.0x1 127.0.0x1 127.00.00.01 127.000.000.001 0 0.0.0.0 0x0
    00 0.0 0.1
"""
_HOME_V6 = """
    [::1] [::] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [0:0:0:0:0:0:0:0]
    [::0001] [0::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::FFFF:127.0.0.1]
    [0:0:0:0:0:ffff:7f00:1] [::ffff:0.0.0.0] [::127.0.0.1] [::7f00:1] [64:ff9b::7f00:1]
    [64:ff9b::127.0.0.1] [2002:7f00:1::] [::ffff:0:127.0.0.1]
"""
_ELSEWHERE_V4 = """
    10.0.0.1 10.255.255.255 10.1 0x0a000001 012.0.0.1 167772161 172.16.0.1 172.31.255.255
    172.20.1 192.168.0.1 192.168.1 192.168.257 0xc0a80001 3232235521 169.254.169.254
    169.254.170.2 169.254.170.23 169.254.43518 0xa9fea9fe 0xa9.0xfe.0xa9.0xfe 2852039166
    0251.0376.0251.0376 169.254.0xa9fe 100.64.0.1 100.100.100.200 100.127.255.255
    168.63.129.16 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.18.0.1 198.19.255.255
    198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
"""
_ELSEWHERE_V6 = """
    [fc00::1] [fd00:ec2::254] [fd12:3456:789a::1] [fdff::1] [fe80::1] [fe80::1%25eth0]
    [febf::1] [fec0::1] [ff01::1] [ff02::1] [ff0e::1] [2001:db8::1] [2001:db8:ffff::1]
    [2001:0:1::1] [2001::1] [2001:10::1] [2001:1ff::1] [3fff::1] [5f00::1] [100::1]
    [64:ff9b::a9fe:a9fe] [64:ff9b:1::a00:1] [2002:a9fe:a9fe::1] [2002:a00:1::]
    [::ffff:169.254.169.254] [::ffff:a9fe:a9fe] [::ffff:10.0.0.1] [::169.254.169.254]
    [::a9fe:a9fe] [4000::1] [1::1]
"""
_TEXTS = [
    "",
    " ",
    "https://",
    "https:///path",
    "https://?x=127.0.0.1",
    "https://#x",
    "https:/127.0.0.1:PORT/",
    "https:127.0.0.1:PORT/",
    "//127.0.0.1:PORT/",
    "//example.com/",
    "example.com",
    "127.0.0.1:PORT",
    # Not TLS, or not HTTP at all.
    "http://example.com/",
    "HTTP://example.com/",
    "hTTp://example.com/",
    "http://127.0.0.1:PORT/",
    "http://localhost:PORT/",
    "ftp://example.com/",
    "sftp://127.0.0.1:PORT/",
    "tftp://127.0.0.1:PORT/",
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "gopher://127.0.0.1:PORT/_x",
    "dict://127.0.0.1:PORT/d:x",
    "ldap://127.0.0.1:PORT/",
    "jar:https://127.0.0.1:PORT!/",
    "ws://127.0.0.1:PORT/",
    "wss://127.0.0.1:PORT/",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "netdoc:///etc/passwd",
    "data:text/plain,x",
    "javascript:alert(1)",
    "about:blank",
    # Who reads which part as the host?
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://:@example.com/",
    "https://@example.com/",
    "https://example.com@127.0.0.1:PORT/",
    "https://example.com:443@127.0.0.1:PORT/",
    "https://example.com%40127.0.0.1:PORT/",
    "https://example.com%23@127.0.0.1:PORT/",
    "https://127.0.0.1:PORT#@example.com/",
    "https://127.0.0.1:PORT?@example.com/",
    "https://127.0.0.1:PORT/@example.com/",
    "https://127.0.0.1:PORT;@example.com/",
    "https://127.0.0.1:PORT\\@example.com/",
    "https://example.com\\@127.0.0.1:PORT/",
    "https://127.0.0.1:PORT\\.example.com/",
    "https:\\\\127.0.0.1:PORT\\",
    "https://a@b@127.0.0.1:PORT/",
    "https://[::1]@example.com/",
    # Ports that are nobody's webhook.
    "https://example.com:0/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:53/",
    "https://example.com:80/",
    "https://example.com:110/",
    "https://example.com:389/",
    "https://example.com:587/",
    "https://example.com:1023/",
    "https://example.com:65536/",
    "https://example.com:99999999999/",
    "https://example.com:-1/",
    "https://example.com:4x3/",
    "https://example.com: 443/",
    # Characters that one reader drops and another keeps.
    "https://exa mple.com/",
    "https://127.0.0.1 :PORT/",
    "https://127.0.0.1\t:PORT/",
    "https://127.0.0.1\r\n:PORT/",
    "https://127.0.0.1%00.example.com/",
    "https://127.0.0.1\x00.example.com/",
    "https://127.0.0.1%09:PORT/",
    "https://%31%32%37.0.0.1:PORT/",
    "https://\uff11\uff12\uff17.\uff10.\uff10.\uff11:PORT/",  # digits as wide as Kanji
    "https://127\u30020\u30020\u30021:PORT/",  # their full stop
    "https://127\uff0e0\uff0e0\uff0e1:PORT/",
    "https://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3:PORT/",  # letters in circles
    "https://loc\u00adalhost:PORT/",  # a hyphen that is not there
    "https://local\u200bhost:PORT/",
    "https://\u2139ocalhost:PORT/",
    "https://[::1/",
    "https://::1:PORT/",
    "https://[::1]x:PORT/",
    "https://[v1.x]/",
    "https://[127.0.0.1]:PORT/",
    "https://[::ffff:127.0.0.1%25lo]:PORT/",
    "https://.127.0.0.1:PORT/",
    "https://127..1:PORT/",
    "https://.:PORT/",
    "https://..:PORT/",
    "https://256.256.256.256/",
    "https://127.0.0.1.:PORT/",
    "https://" + "a" * 64 + ".example/",
    "https://" + "a" * 300 + ".example/",
    "https://" + "a." * 200 + "example/",
    # The runtime of a Lambda function, and who gives it its credentials.
    "https://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
    "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next",
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/",
    "http://169.254.170.2/v2/credentials/",
    "http://[fd00:ec2::254]/latest/meta-data/",
]

HOSTILE = list(
    dict.fromkeys(
        [
            *(f"https://{host}:PORT/" for host in (_HOME_V4 + _HOME_V6).split()),
            *(
                f"https://{host}/latest/meta-data/"
                for host in (_ELSEWHERE_V4 + _ELSEWHERE_V6).split()
            ),
            *(f"https://{name}:PORT/" for name in NAMES if name not in _GOOD_NAMES),
            *_TEXTS,
        ]
    )
)

GOOD = [
    *(f"https://{name}/hook" for name in sorted(_GOOD_NAMES)),
    "https://example.com",
    "https://EXAMPLE.com/Path",
    "HTTPS://example.com/",
    "https://example.com:443/hook",
    "https://example.com:8443/hook",
    "https://example.com:1024/hook",
    "https://example.com:8080/hook",
    "https://example.com:65535/hook",
    "https://example.com/a?b=c&d=%20",
    "https://example.com/?next=http://127.0.0.1/",
    "https://example.com/?next=https://169.254.169.254/latest/meta-data/",
    "https://example.com/127.0.0.1",
    "https://example.com/localhost",
    "https://example.com/user@host",
    "https://example.com/@user",
    "https://example.com/a:b@c",
    "https://example.com/a//b",
    "https://example.com/../a",
    "https://example.com/%2e%2e/a",
    "https://example.com/a;b=c",
    "https://example.com/a=b&c",
    "https://example.com/%00",
    "https://example.com/%E2%9C%93",
    "https://example.com?x=1",
    "https://example.com/?",
    "https://example.com/" + "a" * 1_900,
    "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
    "https://discord.com/api/webhooks/1/abc-_d?wait=true&thread_id=2",
    "https://prod-1.westeurope.logic.azure.com:443/workflows/w/triggers/manual/paths/invoke?sig=a%2Fb",
    "https://org.ryver.com/application/webhook/tok",
    "https://BOTH.example/hook",
    f"https://{PUBLIC}/hook",
    f"https://{PUBLIC}:8443/hook",
    f"https://[{PUBLIC_6}]/hook",
    f"https://[{PUBLIC_6}]:8443/hook",
    "https://[2606:4700:0:0:0:0:0:1111]/hook",
    "https://[2606:4700::0.0.17.17]/hook",
    "https://8.8.8.8/",
    "https://1.1.1.1/",
    "https://9.255.255.255/",
    "https://11.0.0.1/",
    "https://100.63.255.255/",
    "https://100.128.0.1/",
    "https://126.255.255.255/",
    "https://128.0.0.1/",
    "https://169.253.255.255/",
    "https://169.255.0.1/",
    "https://172.15.255.255/",
    "https://172.32.0.1/",
    "https://192.167.255.255/",
    "https://192.169.0.1/",
    "https://198.17.255.255/",
    "https://198.20.0.1/",
    "https://223.255.255.255/",
    "https://[2001:4860:4860::8888]/",
    "https://[2a00:1450:4001:81a::200e]/",
    "https://[2003::1]/",
    "https://[2400:cb00::1]/",
]
