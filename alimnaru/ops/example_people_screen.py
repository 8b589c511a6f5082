"""How to sign in to an office for practice: told by `up` and `demo`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def have_examples() -> None:
    """Make the five invented people where an office for practice has nobody yet."""
    from alimnaru.office.example_people import make_examples
    from alimnaru.ops.boot import cli_member

    make_examples(actor=cli_member())


def say_how_to_sign_in(out: Console, where: Path | None = None) -> None:
    """Names, password, and where the code comes from; nothing where real people work.

    `where`: the home that a command has to be told of.
    """
    from alimnaru.office.example_people import example_password, examples
    from alimnaru.wording import ROLES

    found = examples()
    if not found:
        return
    who = ", ".join(f"{example.login}({ROLES[example.role].label})" for example in found)
    here = f"ALIMNARU_HOME={where} " if where else ""
    out.print("  연습용으로 로그인해 볼 수 있습니다.")
    out.print(f"    아이디    {who}", soft_wrap=True)
    out.print(f"    비밀번호  {example_password()}")
    command = f"{here}alimnaru members code {found[0].login}"
    out.print(f"    인증번호  {command}", soft_wrap=True)
