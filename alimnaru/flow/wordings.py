"""Compiled wordings of a template version, kept per process: versions never change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from alimnaru.rules.channel import Channel
from alimnaru.rules.resident_link import CODE, LINK
from alimnaru.rules.tariff import needed_text
from alimnaru.rules.template import Rendered, parse_template
from alimnaru.rules.template_render import CompiledTemplate, CompiledText
from alimnaru.rules.variables import Variable, variable_from_json
from alimnaru.store import crypto
from alimnaru.store.models import TemplateVersion


@dataclass(frozen=True, slots=True)
class Wording:
    """What a version says on each channel, ready to be filled with values in `order`."""

    variables: tuple[Variable, ...]
    alimtalk: CompiledTemplate
    sms: CompiledText | None
    lms: CompiledText | None
    #: The picture of an MMS and of an image Alimtalk, by its id.
    picture: int | None = None

    @property
    def first(self) -> Channel:
        """On which channel a message starts: Alimtalk, unless there is a text alone."""
        if self.speaks(Channel.ALIMTALK):
            return Channel.ALIMTALK
        return Channel.SMS if self.speaks(Channel.SMS) else Channel.LMS

    @property
    def needs(self) -> Channel:
        """The text message that what it says needs: of the Alimtalk's words, whatever the text
        beside them says."""
        if self.speaks(Channel.ALIMTALK):
            return needed_text(self.alimtalk.template.body)
        return self.first

    def speaks(self, channel: Channel) -> bool:
        """Whether there is a text for a channel. Kakao approves no template without a body: such a
        wording never goes by Alimtalk."""
        if channel is Channel.ALIMTALK:
            return bool(self.alimtalk.template.body)
        return self._compiled(channel) is not None

    def own(self, channel: Channel) -> tuple[str, ...]:
        """The marks in the wording of a channel that Alimnaru fills in itself. Raises LookupError
        where there is no wording."""
        return self._spoken(channel).own

    def renderer(self, channel: Channel) -> Callable[[Sequence[str], Sequence[str]], Rendered]:
        """What fills the wording of a channel with values, and `own` marks with what belongs to
        the message. Raises LookupError where there is no wording."""
        return self._spoken(channel).render

    def render(
        self, channel: Channel, values: Sequence[str], message: int | None = None
    ) -> Rendered:
        """The finished text for a channel; without the number of a message, examples stand where
        its link and its code would. Raises LookupError where there is no wording."""
        own = () if message is None else own_maker(self.own(channel))(message)
        return self.renderer(channel)(values, own)

    def _spoken(self, channel: Channel) -> CompiledTemplate | CompiledText:
        compiled = self._compiled(channel)
        if compiled is None:
            raise LookupError(f"no wording for {channel}")
        return compiled

    def way_by(self, fallback: Channel) -> Channel:
        """The text channel that a notice's fallback means for this wording: an MMS without a
        picture is an LMS, at half the price."""
        if fallback is Channel.MMS and self.picture is None:
            return Channel.LMS
        return fallback

    def text_by(self, fallback: str) -> Channel | None:
        """By which text who is missed on Kakao is told, if there is one."""
        if not fallback:
            return None
        way = self.way_by(Channel(fallback))
        return way if self.speaks(way) else None

    def _compiled(self, channel: Channel) -> CompiledTemplate | CompiledText | None:
        if channel is Channel.ALIMTALK:
            return self.alimtalk
        if channel is Channel.MMS and self.picture is None:
            return None
        return self.sms if channel is Channel.SMS else self.lms


def own_maker(names: Sequence[str]) -> Callable[[int], tuple[str, ...]]:
    """What makes the values of these marks from the number of a message."""
    if not names:
        return lambda message: ()
    signer = crypto.resident_signer()
    make = {LINK: signer.link, CODE: signer.code}
    makers = [make[name] for name in names]
    return lambda message: tuple([one(message) for one in makers])


@lru_cache(maxsize=256)
def wording(version_id: int) -> Wording:
    """The compiled wording of a stored version."""
    version = TemplateVersion.objects.get(pk=version_id)
    variables = tuple(variable_from_json(item) for item in version.variables)
    order = [v.name for v in variables]
    lms = CompiledText(version.lms, order, subject=version.lms_subject) if version.lms else None
    return Wording(
        variables=variables,
        alimtalk=CompiledTemplate(parse_template(version.template), order),
        sms=CompiledText(version.sms, order) if version.sms else None,
        lms=lms,
        picture=version.picture_id,
    )
