"""Ask a carrier about a contract without sending anything: does it answer, what is left, may the
sender profile speak."""

from __future__ import annotations

from dataclasses import dataclass

from alimnaru.carriers.base import CarrierError, Rejected, Unsupported
from alimnaru.carriers.review import ProfileState
from alimnaru.flow.reviews import look_at_profile
from alimnaru.flow.wire import on_the_line
from alimnaru.rules.channel import Channel
from alimnaru.rules.outcomes import Result
from alimnaru.store import audit
from alimnaru.store.models import CarrierAccount, Member


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. All None: this carrier can be asked nothing.

    `refused`: it answered that the account may not speak. `silent`: it did not answer; `code` is
    what the line or the carrier called it.
    """

    balance: int | None = None
    profile: ProfileState | None = None
    refused: Result | None = None
    silent: bool = False
    code: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing stands in the way, as far as was told."""
        told = self.balance is not None or self.profile is not None
        empty = self.balance is not None and self.balance <= 0
        return told and not empty and self.profile in {None, ProfileState.ACTIVE}


def ask_account(account: CarrierAccount, *, actor: Member) -> Answer:
    """Ask, remember what was said of the profile, and note who asked. May take a time-out each."""
    answer = _ask(account)
    audit.record(
        actor=actor,
        act="account.test",
        subject=f"account:{account.pk}",
        facts={"name": account.name, "well": answer.is_well, "code": answer.code},
    )
    return answer


def _ask(account: CarrierAccount) -> Answer:
    balance, profile = None, None
    try:
        with on_the_line(account, None) as carrier:
            balance = carrier.balance()
        if account.profile and Channel.ALIMTALK in account.channels.split(","):
            try:
                look_at_profile(account)
                profile = ProfileState(account.profile_state)
            except Unsupported:
                pass
    except Rejected as error:
        return Answer(refused=error.result, code=error.code)
    except CarrierError as error:
        return Answer(silent=True, code=error.code)
    return Answer(balance, profile)
