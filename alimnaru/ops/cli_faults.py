"""Every way in which a command can end badly, told in one sentence and an exit code.

0 done · 1 our fault or the machine's · 2 bad input · 130 interrupted. Nobody is shown a traceback:
it goes to the log.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alimnaru.wording import Fault

BAD_INPUT = 2
OUR_FAULT = 1
INTERRUPTED = 130


class Refused(Exception):  # noqa: N818
    """What was asked for cannot be done. `code` has its words in `wording.commands`."""

    def __init__(self, code: Fault, /, **facts: str | int) -> None:
        super().__init__(code.value)
        self.code = code
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ends: what is said, to programs and to people, and with which exit code."""

    code: str
    message: str
    exit_code: int


def ending_of(error: BaseException) -> Ending:
    """What to say about an error. Exceptions are known by name: none is imported for it."""
    for kind in type(error).__mro__:
        explain = _EXPLAIN.get(kind.__name__)
        if explain and (found := explain(error)):
            return found
    return _internal(error)


def near(code: str, known: Iterable[str]) -> str:
    """Up to three known names that look like `code`, for a suggestion; '' if none does."""
    names = list(known)
    inside = [name for name in names if code and code.lower() in name.lower()]
    alike = difflib.get_close_matches(code, names, n=3, cutoff=0.5)
    return ", ".join(list(dict.fromkeys([*inside, *alike]))[:3])


def _said(code: Fault, /, **facts: str | int) -> Ending:
    from alimnaru.wording import sentence
    from alimnaru.wording.commands import OUR_FAULTS

    exit_code = OUR_FAULT if code in OUR_FAULTS else BAD_INPUT
    return Ending(code.value, sentence(code, **facts), exit_code)


def _refused(error: Any) -> Ending:
    return _said(error.code, **error.facts)


def _list(error: Any) -> Ending:
    """`ListRefused`, `RosterRefused`, `IntakeRefused`: a Refusal with or without facts."""
    from alimnaru.wording import sentence

    return Ending(error.code.value, sentence(error.code, **getattr(error, "facts", {})), BAD_INPUT)


def _list_like(error: Any) -> Ending | None:
    """A picture that we refuse; one that a carrier refused is told as every refusal of theirs."""
    return _list(error) if hasattr(error, "facts") else None


def _office(error: Any) -> Ending:
    return Ending(error.code.value, str(error), BAD_INPUT)


def _embedded(error: Any) -> Ending:
    return Ending(error.code.value, error.sentence, OUR_FAULT)


def _no_wording(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.NO_WORDING, code=str(error))


def _unknown_notice(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.NOTICE_UNKNOWN, code=str(error))


def _account_setting(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.ACCOUNT_SETTING, setting=error.setting)


def _account_busy(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.ACCOUNT_BUSY, name=str(error))


def _settings(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.SETTINGS_WRONG, detail=str(error))


def _database_down(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.DATABASE_DOWN)


def _carrier_lacks(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.CARRIER_LACKS)


def _carrier_refused(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.CARRIER_REFUSED, detail=error.code)


def _carrier_silent(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.CARRIER_SILENT, detail=error.code)


def _draft(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.DRAFT_UNREADABLE, detail=str(error))


def _statement(error: Any) -> Ending | None:
    """A missing table or column is an older database; any other faulty statement is ours."""
    from alimnaru.wording import Fault

    if type(error.__cause__).__name__ in {"UndefinedTable", "UndefinedColumn", "UndefinedFunction"}:
        return _said(Fault.DATABASE_OLD)
    return None


def _connector(error: Any) -> Ending | None:
    """Procrastinate's word for whatever its driver said."""
    kinds = {kind.__name__ for kind in type(error.__cause__).__mro__}
    return _database_down(error) if "OperationalError" in kinds else _statement(error)


def _key(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.KEY_WRONG)


def _service(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.SERVICE_FAILED, name=error.name, log=str(error.log))


def _interrupted(error: Any) -> Ending:
    return Ending("interrupted", "", INTERRUPTED)


def _usage(error: Any) -> Ending:
    from alimnaru.wording import Fault

    if unknown := re.search(r"No such command ['\"](.*?)['\"]", str(error)):
        known = error.ctx.command.list_commands(error.ctx) if error.ctx else []
        return _said(Fault.USAGE_COMMAND, name=unknown[1], near=near(unknown[1], known))
    if "Missing command" in str(error) and error.ctx:
        known = ", ".join(error.ctx.command.list_commands(error.ctx))
        return _said(Fault.USAGE_MISSING, name="명령", known=known)
    if extra := re.search(r"unexpected extra argument\S* \((.*)\)", str(error)):
        return _said(Fault.USAGE_EXTRA, name=extra[1])
    return _said(Fault.USAGE, detail=error.format_message().rstrip("."))


def _usage_missing(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.USAGE_MISSING, name=_name_of(error.param))


def _usage_value(error: Any) -> Ending:
    from alimnaru.wording import Fault

    return _said(Fault.USAGE_VALUE, name=_name_of(error.param))


def _name_of(param: Any) -> str:
    """'--notice' of an option, '명단' of an argument: as the help calls it."""
    if param is None:
        return ""
    return str(param.opts[0] if param.opts[0].startswith("-") else param.metavar or param.name)


def _usage_option(error: Any) -> Ending:
    from alimnaru.wording import Fault

    possible = ", ".join(error.possibilities or ())
    return _said(Fault.USAGE_OPTION, name=error.option_name, near=possible)


def _internal(error: BaseException) -> Ending:
    import structlog

    from alimnaru.ops import logs
    from alimnaru.ops.boot import log_path
    from alimnaru.wording import Fault

    if not structlog.is_configured():
        # Unconfigured it would print to stdout, where a program expects one JSON object.
        logs.configure(log_path())
    structlog.get_logger().error("command_failed", exc_info=error)
    log = str(log_path()) if log_path().exists() else ""
    return _said(Fault.INTERNAL, log=log)


_EXPLAIN: dict[str, Callable[[Any], Ending | None]] = {
    "Refused": _refused,
    "ListRefused": _list,
    "RosterRefused": _list,
    "IntakeRefused": _list,
    "ReleaseRefused": _list,
    "OfficeError": _office,
    "NoWording": _no_wording,
    "UnknownNotice": _unknown_notice,
    "SettingsError": _account_setting,
    "AccountBusy": _account_busy,
    "Unsupported": _carrier_lacks,
    "Rejected": _carrier_refused,
    "NotSent": _carrier_silent,
    "DraftUnreadable": _draft,
    "PictureRefused": _list_like,
    "FallbackRefused": _list,
    "MemberRefused": _list,
    "EntranceRefused": _list,
    "ConnectingRefused": _list,
    "RuleRefused": _list,
    "SourceRefused": _list,
    "CanaryRefused": _list,
    "StatementRefused": _list,
    "ProjectRefused": _list,
    "EmbeddedError": _embedded,
    "ClusterError": _service,
    "ImproperlyConfigured": _settings,
    "OperationalError": _database_down,
    "InterfaceError": _database_down,
    "ProgrammingError": _statement,
    "ConnectorException": _connector,
    "Unreadable": _key,
    "RingError": _key,
    "KeyboardInterrupt": _interrupted,
    "Abort": _interrupted,
    "NoSuchOption": _usage_option,
    "MissingParameter": _usage_missing,
    "BadParameter": _usage_value,
    "UsageError": _usage,
}


def tell(ending: Ending, *, as_json: bool) -> int:
    """Say it where it belongs and return the exit code."""
    from alimnaru.ops.cli_output import answer, side_screen

    if as_json:
        answer({"error": {"code": ending.code, "message": ending.message}})
    elif ending.message:
        side_screen().print(ending.message, soft_wrap=True)
    else:
        sys.stderr.write("\n")  # what was typed before Ctrl-C keeps its line
    return ending.exit_code
