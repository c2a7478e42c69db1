"""What a started login gives."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone

from ._stubs import oauth1d_pb2 as pb
from .binding_cookie import BindingCookie


@dataclass(frozen=True)
class StartedAuthorization:
    """Set the cookie, then send the browser to `redirect_url`.

    state: names the flow; only needed where the callback is out of band.
    expire_time: after this the flow is gone; None if the service did not say.
    """

    redirect_url: str = field(repr=False)
    state: str = field(repr=False)
    binding_cookie: BindingCookie
    expire_time: datetime | None

    @classmethod
    def from_message(cls, message: pb.StartAuthorizationResponse) -> StartedAuthorization:
        """From the service's answer."""
        cookie = message.binding_cookie
        expires = message.HasField("expire_time")
        return cls(
            redirect_url=message.redirect_url,
            state=message.state,
            binding_cookie=BindingCookie(cookie.name, cookie.value, cookie.max_age.seconds),
            expire_time=message.expire_time.ToDatetime(tzinfo=timezone.utc) if expires else None,
        )
