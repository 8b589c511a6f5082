"""Reading SENS's lists of messages to the end."""

from __future__ import annotations

from collections.abc import Iterator

from alimnaru.carriers.base import NotSent
from alimnaru.carriers.sens import wire
from alimnaru.carriers.sens.gateway import Gateway, Params
from alimnaru.rules.channel import Channel

#: The most that SENS gives of a list at once.
PAGE = 100


class Services:
    """The paths of an account's two services, and the lists under them."""

    def __init__(self, gateway: Gateway, kakao: str, sms: str) -> None:
        self._gateway = gateway
        self.kakao = f"/alimtalk/v2/services/{kakao}"
        self.sms = f"/sms/v2/services/{sms}"

    def path(self, channel: Channel) -> str:
        """Where a channel's messages go and are found."""
        return self.kakao if channel is Channel.ALIMTALK else self.sms

    def pages(self, channel: Channel, asked: Params) -> Iterator[list[wire.Message | None]]:
        """Yield a list, a page at a time. Raises `NotSent` or `Rejected`."""
        params = {**asked, "pageSize": PAGE}
        seen: set[str] = set()
        while True:
            page = self._gateway.look(wire.read_page, f"{self.path(channel)}/messages", params)
            yield wire.read_messages(page)
            if not page.has_more or page.next_token is None:
                return
            if page.next_token in seen:
                raise NotSent("PagesInACircle")
            seen.add(page.next_token)
            params["nextToken"] = page.next_token

    def detail(self, channel: Channel, message_id: str) -> wire.Message | None:
        """One message with its text; None if SENS does not have it. Raises `NotSent`."""
        path = f"{self.path(channel)}/messages/{message_id}"
        return self._gateway.look(wire.read_detail, path)
