"""Templates and channels as SENS shows them. It only shows them: they are made, changed and sent
to review in its console, for which there is no call."""

from __future__ import annotations

from collections.abc import Iterator

from alimnaru.carriers.base import Unsupported
from alimnaru.carriers.review import (
    Comment,
    Draft,
    Profile,
    ProfileState,
    Review,
    Standing,
)
from alimnaru.carriers.sens import wire
from alimnaru.carriers.sens.gateway import Gateway

PAGE = 100

#: `templateInspectionStatus`. In the console a review is asked for in a step of its own.
INSPECTION = {
    "ACCEPT": Review.DRAFT,
    "REGISTER": Review.DRAFT,
    "INSPECT": Review.IN_REVIEW,
    "COMPLETE": Review.APPROVED,
    "REJECT": Review.REJECTED,
}

#: `templateStatus` that an approval does not help against; READY and ACTIVE are fine. STOP is
#: documented; the names of the other two are not, and are Kakao's.
STOPPED = {"STOP": Review.BLOCKED, "BLOCK": Review.BLOCKED, "DORMANT": Review.DORMANT}

#: `channelStatus`. DORMANT is not documented.
CHANNELS = {
    "ACTIVE": ProfileState.ACTIVE,
    "BLOCKED": ProfileState.BLOCKED,
    "DORMANT": ProfileState.DORMANT,
    "PENDING_DELETE": ProfileState.GONE,
    "DELETED": ProfileState.GONE,
    "DELETING_PERMANENTLY": ProfileState.GONE,
    "PERMANENTLY_DELETED": ProfileState.GONE,
}


class SensTemplates:
    """See `alimnaru.carriers.review.Templates`."""

    def __init__(self, gateway: Gateway, service: str) -> None:
        self._gateway = gateway
        self._path = service

    def register(self, draft: Draft) -> str:
        """SENS has no such call."""
        raise Unsupported("register")

    def revise(self, code: str, draft: Draft) -> str:
        """SENS has no such call."""
        raise Unsupported("revise")

    def request(self, code: str, comment: str = "") -> None:
        """SENS has no such call."""
        raise Unsupported("request")

    def withdraw(self, code: str) -> None:
        """SENS has no such call."""
        raise Unsupported("withdraw")

    def comment(self, code: str, text: str) -> None:
        """SENS has no such call."""
        raise Unsupported("comment")

    def wake(self, code: str) -> None:
        """SENS has no such call."""
        raise Unsupported("wake")

    def delete(self, code: str) -> None:
        """SENS has no such call."""
        raise Unsupported("delete")

    def standing(self, code: str) -> Standing:
        """Where a template stands, on whichever channel of the service it is."""
        for channel in self._channels():
            for found in self._page(channel.channel_id, templateCode=code):
                if found.template_code == code:
                    return _standing(found)
        return Standing(code, Review.GONE)

    def standings(self) -> Iterator[Standing]:
        """All templates of the service's channels. Comments come with `standing` alone."""
        for channel in self._channels():
            index = 0
            while found := self._page(channel.channel_id, pageIndex=index):
                yield from map(_standing, found)
                if len(found) < PAGE:
                    break
                index += 1

    def profile(self, key: str) -> Profile:
        """Where a channel (`@name`) stands."""
        for channel in self._channels():
            if channel.channel_id == key:
                status = channel.channel_status or ""
                return Profile(
                    key,
                    # A state that we do not know stops nothing: SENS itself will refuse.
                    CHANNELS.get(status, ProfileState.ACTIVE),
                    channel.channel_name or "",
                    facts={
                        "channelStatus": status,
                        "useSmsFailover": str(channel.use_sms_failover).lower(),
                    },
                )
        return Profile(key, ProfileState.GONE)

    def _channels(self) -> list[wire.Channels]:
        return self._gateway.look(wire.read_channels, f"{self._path}/channels")

    def _page(self, channel: str, **asked: str | int) -> list[wire.WireTemplate]:
        params = {"channelId": channel, "pageSize": PAGE, **asked}
        return self._gateway.look(wire.read_templates, f"{self._path}/templates", params)


def _standing(found: wire.WireTemplate) -> Standing:
    # A state that we do not know is none to send in.
    review = INSPECTION.get(found.template_inspection_status or "", Review.IN_REVIEW)
    if review is Review.APPROVED:
        review = STOPPED.get(found.template_status or "", review)
    comments = [
        Comment(one.content, wire.moment(one.create_time))
        for one in found.comments or ()
        if one.content
    ]
    return Standing(
        found.template_code, review, found.template_name or "", found.content or "", comments
    )
