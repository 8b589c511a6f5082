"""How much room each text of a wording takes at its longest, for whoever is writing it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from alimnaru.rules.draft import DraftWording, text_messages
from alimnaru.rules.template_check import lines, longest_size
from alimnaru.rules.template_review import TEXT_BYTES, heaviest, longest_values


@dataclass(frozen=True, slots=True)
class Size:
    """`used` of `limit`, in characters or, for text messages, in bytes of CP949.

    `where` as `template_faults.TemplateProblem` has it.
    """

    where: str
    used: int
    limit: int
    in_bytes: bool = False

    @property
    def over(self) -> bool:
        """Whether it is too long."""
        return self.used > self.limit


def sizes(draft: DraftWording) -> Iterator[Size]:
    """Every text of a wording that is not empty, with its variables at their longest."""
    longest = longest_values(draft.variables)
    lengths = {name: len(value) for name, value in longest.items()}
    for line in lines(draft.template):
        if line.text:
            yield Size(line.where, longest_size(line.text, lengths), line.limit)
    for where, text in text_messages(draft):
        yield Size(where, heaviest(text, longest), TEXT_BYTES[where], in_bytes=True)
