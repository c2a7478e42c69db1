"""C's liboauth as the server that gets our requests: it splits, decodes, sorts, joins and escapes.

Debian's has HMAC-SHA1 and PLAINTEXT; for the other methods its base string and its key go to Python's libraries.
"""

import base64
import ctypes
import hmac
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from rsa_keys import loaded
from wire_signature import header_pairs

_Array = ctypes.POINTER(ctypes.c_char_p)
_HASHES = {"RSA-SHA1": hashes.SHA1, "RSA-SHA256": hashes.SHA256, "RSA-SHA512": hashes.SHA512}


@lru_cache(None)
def _libraries():
    oauth, c = ctypes.CDLL("liboauth.so.0"), ctypes.CDLL(None)
    for name in ("oauth_catenc", "oauth_serialize_url_sep", "oauth_sign_hmac_sha1", "oauth_sign_plaintext"):
        getattr(oauth, name).restype = ctypes.c_void_p
    oauth.oauth_split_url_parameters.argtypes = [ctypes.c_char_p, ctypes.POINTER(_Array)]
    oauth.oauth_serialize_url_sep.argtypes = [ctypes.c_int, ctypes.c_int, _Array, ctypes.c_char_p, ctypes.c_int]
    oauth.oauth_add_param_to_array.argtypes = [ctypes.POINTER(ctypes.c_int), ctypes.POINTER(_Array), ctypes.c_char_p]
    c.free.argtypes = [ctypes.c_void_p]
    c.qsort.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p]
    c.qsort.restype = None
    return oauth, c


def verify_with_liboauth(wires):
    """`wires`: WireRequest, Credentials and the public key's PEM of each; gives "yes", or what it has against it."""
    return [_verify(*one) for one in wires]


def _verify(wire, known, public_key):
    oauth, _ = _libraries()
    url, signed, signature = _read(wire)
    protocol = dict(pair.partition(b"=")[::2] for pair in signed)
    method = protocol[b"oauth_signature_method"].decode()
    base = _text(oauth.oauth_catenc(3, wire.method.upper().encode(), url, _normalized(url, signed)))
    if method in _HASHES:
        return "yes" if _rsa_holds(method, base, signature, public_key) else "says that the signature is wrong"
    key = _text(oauth.oauth_catenc(2, known.consumer_secret.encode(), known.token_secret.encode()))
    if method == "HMAC-SHA1":
        wanted = _text(oauth.oauth_sign_hmac_sha1(base, key))
    elif method == "PLAINTEXT":
        wanted = _text(oauth.oauth_sign_plaintext(base, key))
    else:
        wanted = base64.b64encode(hmac.digest(key, base, method.removeprefix("HMAC-")))
    return "yes" if wanted == signature else "says that the signature is wrong"


def _read(wire):
    """URL, decoded `name=value` of all that is signed, and the signature."""
    oauth, c = _libraries()
    whole = f"{wire.base_url}?{wire.query}".encode() + (b"&" + wire.body if wire.has_form else b"")
    array = _Array()
    count = oauth.oauth_split_url_parameters(whole, ctypes.byref(array))
    url, *pairs = [array[place] for place in range(count)]
    _free(count, array)
    pairs += [name + b"=" + value for name, value in header_pairs(wire.authorization)]
    # It leaves oauth_signature out wherever it reads a URL, so that is asked for apart.
    signature = [pair for pair in pairs if pair.startswith(b"oauth_signature=")]
    if not signature:
        _, last = whole.rsplit(b"oauth_signature=", 1)
        unescaped = oauth.oauth_url_unescape
        unescaped.restype = ctypes.c_void_p
        signature = [b"=" + _text(unescaped(last.partition(b"&")[0], None))]
    return url, [pair for pair in pairs if pair not in signature], signature[0].partition(b"=")[2]


def _normalized(url, pairs):
    oauth, c = _libraries()
    count, array = ctypes.c_int(0), _Array()
    for pair in pairs:
        oauth.oauth_add_param_to_array(ctypes.byref(count), ctypes.byref(array), pair)
    c.qsort(array, count.value, ctypes.sizeof(ctypes.c_char_p), oauth.oauth_cmpstringp)
    # The first of an array is a URL to it, if it looks like one.
    whole = _Array((ctypes.c_char_p * (count.value + 1))(url, *[array[place] for place in range(count.value)]))
    text = _text(oauth.oauth_serialize_url_sep(count.value + 1, 1, whole, b"&", 0))
    _free(count.value, array)
    return text


def _rsa_holds(method, base, signature, public_key):
    try:
        loaded(public_key).verify(base64.b64decode(signature), base, padding.PKCS1v15(), _HASHES[method]())
    except InvalidSignature:
        return False
    return True


def _text(address):
    """What a function of liboauth gave, which is ours to free."""
    _, c = _libraries()
    text = ctypes.cast(address, ctypes.c_char_p).value
    c.free(address)
    return text


def _free(count, array):
    oauth, _ = _libraries()
    oauth.oauth_free_array(ctypes.byref(ctypes.c_int(count)), ctypes.byref(array))
