"""How a request is signed."""
from __future__ import annotations

from dataclasses import dataclass

from ._stubs import oauth1d_pb2 as pb


@dataclass(frozen=True)
class NormalizedParameter:
    """One parameter of the base string, percent-encoded. origin: "URL", "QUERY", "FORM" or "PROTOCOL"."""

    name: str
    value: str
    origin: str


@dataclass(frozen=True)
class BaseStringDifference:
    """The first place where two base strings differ.

    offset: bytes before it. description: what differs, in words. ours, theirs: a stretch of each around the place.
    caret: blanks, and a `^` under the place.
    """

    offset: int
    description: str
    ours: str
    theirs: str
    caret: str


@dataclass(frozen=True)
class SignatureExplanation:
    """How a request is signed (RFC 5849 section 3.4). No secret is in it, and nothing that could be sent: signatures
    are masked, unless the service's configuration says otherwise.

    signature_base_string: empty for PLAINTEXT. parameters: in its order.
    authorization_header: empty where the protocol parameters go elsewhere. url: as it would be sent.
    placement: header, body or query. difference, identical: only if the provider's base string was given.
    """

    signature_base_string: str
    parameters: tuple[NormalizedParameter, ...]
    authorization_header: str
    url: str
    signature_method: str
    placement: str
    difference: BaseStringDifference | None
    identical: bool

    @classmethod
    def from_message(cls, message: pb.ExplainSignatureResponse) -> SignatureExplanation:
        """From the service's answer; an origin that this version does not know is its number."""
        origins = {number: name.removeprefix("PARAMETER_ORIGIN_") for name, number in pb.ParameterOrigin.items()}
        found = message.difference
        return cls(
            signature_base_string=message.signature_base_string,
            parameters=tuple(
                NormalizedParameter(each.name, each.value, origins.get(each.origin, str(each.origin)))
                for each in message.parameters
            ),
            authorization_header=message.authorization_header,
            url=message.url,
            signature_method=message.signature_method,
            placement=message.placement,
            difference=BaseStringDifference(
                found.offset, found.description, found.ours, found.theirs, found.caret
            ) if message.HasField("difference") else None,
            identical=message.identical,
        )
