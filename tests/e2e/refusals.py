"""What a refused call must look like."""

import pytest
from oauth1d.errors import OAuth1dError

BAD = "@@@@"
"""Stands for text that is not UTF-8 in a message that is still to be made: `not_utf8`."""


def not_utf8(message):
    """The bytes of `message` with BAD replaced by as many that are not UTF-8."""
    whole = message.SerializeToString()
    assert BAD.encode() in whole
    return whole.replace(BAD.encode(), b"\xff\xfe\x80\xc3")


def refused(reason, code, call, *arguments, **options):
    """Calls, and gives the error, which must have this reason, this gRPC code, and sent=no."""
    with pytest.raises(OAuth1dError) as caught:
        call(*arguments, **options)
    error = caught.value
    assert (error.reason, error.code.name, error.metadata.get("sent")) == (reason, code, "no"), error
    return error


def refused_field(field, call, *arguments, **options):
    """Calls, and it must be refused as INVALID_REQUEST with `field` named."""
    error = refused("INVALID_REQUEST", "INVALID_ARGUMENT", call, *arguments, **options)
    assert field in [violation.field for violation in error.field_violations], error
    return error


def refused_after_sending(reason, code, call, *arguments, **options):
    """Calls, and gives the error, which must have this reason, this gRPC code, and sent=yes or sent=maybe."""
    with pytest.raises(OAuth1dError) as caught:
        call(*arguments, **options)
    error = caught.value
    assert (error.reason, error.code.name) == (reason, code), error
    assert error.metadata.get("sent") in ("yes", "maybe"), error.metadata
    return error
