"""What the commands about wordings say, to people and to programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from alimnaru.ops.cli_faults import ending_of
from alimnaru.ops.cli_output import listing, moment
from alimnaru.rules.template_review import Severity
from alimnaru.wording import label, part_name, sentence

if TYPE_CHECKING:
    from rich.console import Console

    from alimnaru.carriers.base import CarrierError
    from alimnaru.office.templates import Submission
    from alimnaru.reads.readiness import SendWarning
    from alimnaru.reads.reviews import Stand
    from alimnaru.rules.template_review import ReviewProblem
    from alimnaru.rules.wording_diff import Change
    from alimnaru.store.models import Notice, TemplateRegistration, TemplateVersion

#: A column of a table holds so much of a comment; `templates status NOTICE` shows all of it below.
SHORT = 30
_NEVER, _QUIET = "낸 적 없음", {"approved", "gone"}


# ---- where they stand ----------------------------------------------------------------------------


def stands_as_json(stands: Sequence[Stand]) -> dict[str, object]:
    """Every version at every account, and how many are in which state."""
    counts = Counter(s.registration.state for s in stands if s.registration)
    return {"templates": [_stand(stand) for stand in stands], "counts": dict(counts)}


def _stand(stand: Stand) -> dict[str, object]:
    found = stand.registration
    since = _since(found) if found else None
    return {
        "notice": stand.notice.code,
        "version": stand.version.number,
        "sending": stand.sending,
        "account": found.account.name if found else None,
        "code": found.code if found else None,
        "state": found.state if found else None,
        "since": since.isoformat() if since else None,
        "last_sent_at": found.last_sent_at.isoformat() if found and found.last_sent_at else None,
        "comments": list(found.comments) if found else [],
    }


def _since(registration: TemplateRegistration) -> datetime | None:
    if registration.state == registration.State.IN_REVIEW:
        return registration.submitted_at
    return registration.decided_at


def show_stands(out: Console, stands: Sequence[Stand], *, whole: bool) -> None:
    """A table, and every comment in full below it."""
    shown = [s for s in stands if whole or _needs_a_look(s)]
    if not shown:
        out.print("모든 알림의 문안이 승인되어 있습니다. 하나씩 보려면 --all을 붙이십시오.")
        return
    columns = ("알림", "판", "계정", "상태", "언제부터", "마지막 의견")
    out.print(listing(columns, [_row(stand) for stand in shown], numbers="판"))
    for stand in shown:
        _show_comments(out, stand)
    if any(s.sending for s in shown):
        out.print("●표가 있는 판이 지금 나가는 문안입니다.")
    if not whole and len(shown) < len(stands):
        out.print(f"이 밖의 {len(stands) - len(shown):,}건은 탈이 없습니다. 모두 보려면 --all.")


def _needs_a_look(stand: Stand) -> bool:
    """Not what is approved, and not what came before the wording that goes out."""
    if stand.registration is None:
        return not stand.sending and stand.version.number == _newest(stand)
    return stand.registration.state not in _QUIET


def _newest(stand: Stand) -> int:
    return max(version.number for version in stand.notice.versions.all())


def _row(stand: Stand) -> tuple[str, ...]:
    found = stand.registration
    number = f"{'●' if stand.sending else ''}{stand.version.number}"
    if found is None:
        return stand.notice.code, number, "", _NEVER, "", ""
    since = _since(found)
    last = str(found.comments[-1]["text"]) if found.comments else ""
    short = last if len(last) <= SHORT else last[: SHORT - 1] + "…"
    when = moment(since) if since else ""
    return stand.notice.code, number, found.account.name, _state(found), when, short


def _state(registration: TemplateRegistration) -> str:
    from alimnaru.carriers.review import Review

    return label(Review(registration.state))


def _show_comments(out: Console, stand: Stand) -> None:
    found = stand.registration
    if found is None or not found.comments:
        return
    where = f"{stand.notice.name} {stand.version.number}판 · {found.account.name}"
    out.print(f"{where}에 오간 의견")
    for each in found.comments:
        at = f"{moment(datetime.fromisoformat(each['at']))} " if each.get("at") else ""
        out.print(f"  {at}{'우리' if each.get('ours') else '검수자'}: {each['text']}")


# ---- what is wrong with one ----------------------------------------------------------------------


def problems_as_json(problems: Sequence[ReviewProblem]) -> list[dict[str, object]]:
    """Every fault with its sentence."""
    return [
        {
            "code": problem.code.value,
            "severity": problem.severity.value,
            "where": problem.where,
            "detail": problem.detail,
            "message": _about(problem),
        }
        for problem in problems
    ]


def _about(problem: ReviewProblem) -> str:
    return sentence(problem.code, detail=problem.detail.replace(" > ", "/"))


def show_problems(out: Console, problems: Sequence[ReviewProblem]) -> None:
    """Faults first, then what should be looked at."""
    titles = {Severity.STOP: "고쳐야 할 곳", Severity.WARN: "살펴볼 곳"}
    for severity, title in titles.items():
        rows = [(part_name(p.where), _about(p)) for p in problems if p.severity is severity]
        if rows:
            out.print(listing((title, "까닭과 할 일"), rows))


def show_draft(
    out: Console, version: TemplateVersion, problems: Sequence[ReviewProblem], *, is_new: bool
) -> None:
    """What was saved, what is wrong with it, and how to go on."""
    notice = version.notice
    if is_new:
        out.print(f"{notice.name}의 문안 {version.number}판을 저장했습니다.")
    else:
        out.print(f"바뀐 것이 없습니다. 가장 새 문안은 {version.number}판입니다.")
    show_problems(out, problems)
    out.print(f"바뀐 곳: alimnaru templates diff {notice.code}")
    if any(problem.severity is Severity.STOP for problem in problems):
        out.print("고쳐야 할 곳을 고친 파일로 templates draft를 다시 실행해 주십시오.")
    else:
        out.print(f"카카오에 내기: alimnaru templates submit {notice.code}")


# ---- what differs --------------------------------------------------------------------------------


def changes_as_json(differing: Sequence[Change]) -> list[dict[str, Any]]:
    """Every part that differs, with its lines: '-…', '+…', ' …'."""
    return [
        {"where": change.where, "lines": [f"{line.sign}{line.text}" for line in change.lines]}
        for change in differing
    ]


def show_changes(
    out: Console,
    notice: Notice,
    old: TemplateVersion,
    new: TemplateVersion,
    differing: Sequence[Change],
) -> None:
    """Part by part, as a clerk compares two sheets of paper."""
    if not differing:
        out.print(f"{notice.name}: 지금 나가는 {old.number}판과 다른 곳이 없습니다.")
        return
    out.print(f"{notice.name}: 지금 나가는 {old.number}판(-)과 {new.number}판(+)")
    for change in differing:
        out.print(f"\n[{part_name(change.where)}]")
        for line in change.lines:
            out.print(f"{line.sign} {line.text}".rstrip())


# ---- what was done -------------------------------------------------------------------------------


def submission_as_json(version: TemplateVersion, submission: Submission) -> dict[str, object]:
    """What became of a wording at each account."""
    return {
        "notice": version.notice.code,
        "version": version.number,
        "problems": problems_as_json(submission.problems),
        "submitted": [
            {"account": r.account.name, "code": r.code, "state": r.state}
            for r in submission.registrations
        ],
        "failed": [
            {"account": account.name, **_failure(error)} for account, error in submission.failures
        ],
    }


def _failure(error: CarrierError) -> dict[str, str]:
    ending = ending_of(error)
    return {"code": ending.code, "message": ending.message}


def show_submission(
    out: Console,
    version: TemplateVersion,
    submission: Submission,
    *,
    stopped: bool,
    only_check: bool,
) -> None:
    """Faults, or where the wording lies now."""
    from alimnaru.reads.reviews import sending_version

    name = f"{version.notice.name}의 문안 {version.number}판"
    show_problems(out, submission.problems)
    if stopped:
        out.print(f"{name}에 고칠 곳이 있어 카카오에 내지 않았습니다.")
        return
    if only_check:
        out.print(f"{name}에 꼭 고칠 곳은 없습니다. 아직 내지 않았습니다.")
        return
    for registration in submission.registrations:
        out.print(f"{name}: {registration.account.name} {_state(registration)}")
    for account, error in submission.failures:
        out.print(f"{name}: {account.name}에 내지 못했습니다. {ending_of(error).message}")
    if any(r.state == r.State.IN_REVIEW for r in submission.registrations):
        sending = sending_version(version.notice)
        if sending is not None and sending.pk != version.pk:
            out.print(f"승인될 때까지는 지금의 {sending.number}판이 그대로 나갑니다.")
        out.print(f"진행 상황: alimnaru templates status {version.notice.code}")


def acts_as_json(
    registrations: Sequence[TemplateRegistration], failures: Mapping[int, CarrierError]
) -> dict[str, object]:
    """What was done at each account, and where it failed."""
    return {
        "done": [_named(r) for r in registrations if r.pk not in failures],
        "failed": [
            {**_named(r), **_failure(failures[r.pk])} for r in registrations if r.pk in failures
        ],
    }


def _named(registration: TemplateRegistration) -> dict[str, object]:
    version = registration.version
    return {
        "notice": version.notice.code,
        "version": version.number,
        "account": registration.account.name,
        "state": registration.state,
    }


def show_acts(
    out: Console,
    registrations: Sequence[TemplateRegistration],
    failures: Mapping[int, CarrierError],
    done: str,
) -> None:
    """One line for each account."""
    for r in registrations:
        where = f"{r.version.notice.name} {r.version.number}판 · {r.account.name}"
        if r.pk in failures:
            out.print(f"{where}: {ending_of(failures[r.pk]).message}")
        else:
            out.print(f"{where}: {done} 지금 상태는 ‘{_state(r)}’입니다.")


# ---- before a send -------------------------------------------------------------------------------


def warnings_as_json(warnings: Sequence[SendWarning]) -> list[dict[str, object]]:
    """What to know before a list goes."""
    return [
        {"code": w.code.value, "message": sentence(w.code, **w.facts), **w.facts} for w in warnings
    ]


def show_warnings(out: Console, warnings: Sequence[SendWarning]) -> None:
    """The same, one line each."""
    for warning in warnings:
        out.print(f"주의: {sentence(warning.code, **warning.facts)}")
