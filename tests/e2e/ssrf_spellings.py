"""Ways to write a URL that leads inside: for `call.url`, beside a base of http://api.test:8080/1.1/."""

BASE = "http://api.test:8080/1.1/"

# 127.0.0.1 and 169.254.169.254, as one library or another reads them.
_HOSTS = [
    "127.0.0.1", "127.1", "127.0.1", "127.0.0.1.", "127.000.000.001", "0177.0.0.1", "0177.1", "0x7f.0.0.1", "0x7f.1",
    "0x7F000001", "2130706433", "017700000001", "127.0.0.01", "127.0.0.1%00", "127.0.0.1%2f", "127%2e0%2e0%2e1",
    "①②⑦.⓪.⓪.①", "１２７.0.0.1", "127。0。0。1", "0", "0.0.0.0", "localhost", "LOCALHOST", "localhost.", "a.localhost",
    "[::1]", "[0:0:0:0:0:0:0:1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::1%25lo]", "[fe80::1%25lo]", "[::ffff:169.254.169.254]",
    "169.254.169.254", "0xa9fea9fe", "2852039166", "025177524776", "0xa9.0xfe.0xa9.0xfe", "0251.0376.0251.0376",
    "169.254.43518", "metadata.google.internal", "inside.test", "127.0.0.1.nip.io", "api.test.inside.test",
]
_FORMS = [
    "http://{host}:8080/1.1/x", "//{host}:8080/1.1/x", "http://{host}/1.1/x", "http://api.test:8080@{host}:8080/1.1/x",
    "http://{host}:8080\\@api.test:8080/1.1/x",
]
_OTHERS = [
    "..", "../x", "../../inside", "/", "/inside", "/1.1/../inside", "/1.1/%2e%2e/inside", "%2e%2e/inside",
    "..%2finside", "%252e%252e/inside", "..;/inside", "..\\inside", "\\\\inside.test\\1.1\\",
    "/\\inside.test/1.1/", "///inside.test/",
    "////inside.test/1.1/", "http:inside.test", "http:/inside.test/1.1/", "http:///inside.test/1.1/", "https:x", "x:y",
    "ftp://api.test:8080/1.1/x", "file:///etc/passwd", "gopher://127.0.0.1:8080/_x", "dict://127.0.0.1:8080/stat",
    "unix:/run/x", "javascript:alert(1)", "data:,x", "https://api.test:8080/1.1/x", "http://api.test:80/1.1/x",
    "http://api.test/1.1/x", "http://api.test:8081/1.1/x", "http://api.test:8080", "http://api.test:8080/1.1",
    "http://api.test:8080?/1.1/x", "http://api.test:8080#/1.1/x", "http://api.test:8080;/1.1/x",
    "http://api.test:8080.inside.test/1.1/x", "http://api.test.:8080/1.1/x", "http://.api.test:8080/1.1/x",
    "http://api.test%00.inside.test:8080/1.1/x", "http://api.test%2einside.test:8080/1.1/x",
    "http://api.test\t:8080/1.1/x", "http://api.test:8080\r\nHost: inside.test/1.1/x", "x\r\nHost: inside.test",
    "x\0", "x#y", "http://user@api.test:8080/1.1/x", "http://user:pw@api.test:8080/1.1/x",
    "http://@api.test:8080/1.1/x", "http://api.test:08080\\.inside.test/1.1/x",
    "http://api.test:8080:80/1.1/x", "http://api.test:-1/1.1/x",
    "http://[api.test]:8080/1.1/x", "http://[::1/1.1/x", "http://[]/1.1/x", "http://*/1.1/x",
    "http://ａpi.test:8080/1.1/x",
]
SPELLINGS = [form.format(host=host) for host in _HOSTS for form in _FORMS] + _OTHERS
