"""A reviewers' desk in this process, for what no simulator can be made to do at a given moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace

from alimnaru.carriers.base import CarrierError, Picture, PictureUse, Uploaded
from alimnaru.carriers.kind import Kind
from alimnaru.carriers.review import Comment, Draft, Profile, ProfileState, Review, Standing


@dataclass
class Desk:
    """What one carrier has, and what it was asked, in order. `fail` answers the next call."""

    calls: list[str] = field(default_factory=list)
    drafts: dict[str, Draft] = field(default_factory=dict)
    reviews: dict[str, Review] = field(default_factory=dict)
    comments: dict[str, list[Comment]] = field(default_factory=dict)
    profiles: dict[str, Profile] = field(default_factory=dict)
    pictures: list[Picture] = field(default_factory=list)
    fail: dict[str, CarrierError] = field(default_factory=dict)
    #: A call that is cut after the carrier has done its part.
    cut: dict[str, CarrierError] = field(default_factory=dict)
    keeps_codes: bool = True
    #: What happens elsewhere while we wait for the carrier.
    meanwhile: Callable[[], None] = lambda: None

    def kind(self) -> Kind:
        """As the registry would have it."""
        return Kind(
            address="https://desk.example",
            open=lambda *_: SimpleNamespace(templates=self, upload=self.upload, close=str),  # type: ignore[arg-type, return-value]  # only what the acts use
            settings=(),
            max_messages=1000,
        )

    def _asked(self, call: str, what: str = "") -> None:
        self.calls.append(f"{call} {what}".strip())
        self.meanwhile()
        if error := self.fail.pop(call, None):
            raise error

    def _done(self, call: str) -> None:
        if error := self.cut.pop(call, None):
            raise error

    def register(self, draft: Draft) -> str:
        self._asked("register", draft.code)
        self.drafts[draft.code] = draft
        self.reviews[draft.code] = Review.DRAFT
        self._done("register")
        return draft.code

    def revise(self, code: str, draft: Draft) -> str:
        self._asked("revise", code)
        kept = code if self.keeps_codes else f"{code}b"
        self.drafts[kept] = draft
        self.reviews[kept] = Review.DRAFT
        return kept

    def request(self, code: str, comment: str = "") -> None:
        self._asked("request", f"{code} {comment}".strip())
        self.reviews[code] = Review.IN_REVIEW

    def withdraw(self, code: str) -> None:
        self._asked("withdraw", code)
        self.reviews[code] = Review.DRAFT

    def comment(self, code: str, text: str) -> None:
        self._asked("comment", code)
        self.comments.setdefault(code, []).append(Comment(text, ours=True))

    def wake(self, code: str) -> None:
        self._asked("wake", code)
        self.reviews[code] = Review.APPROVED

    def delete(self, code: str) -> None:
        raise NotImplementedError

    def standing(self, code: str) -> Standing:
        self._asked("standing", code)
        draft = self.drafts.get(code)
        return Standing(
            code=code,
            review=self.reviews.get(code, Review.GONE),
            name=draft.name if draft else "",
            body=draft.template.body if draft else "",
            comments=self.comments.get(code, ()),
        )

    def standings(self) -> Iterator[Standing]:
        self._asked("standings")
        for code, draft in self.drafts.items():
            yield Standing(code, self.reviews[code], draft.name, draft.template.body)

    def profile(self, key: str) -> Profile:
        self._asked("profile", key)
        return self.profiles.get(key, Profile(key, ProfileState.ACTIVE))

    def upload(self, picture: Picture, use: PictureUse) -> Uploaded:
        self._asked("upload", use.value)
        self.pictures.append(picture)
        return Uploaded(f"https://desk.example/{len(self.pictures)}.png")
