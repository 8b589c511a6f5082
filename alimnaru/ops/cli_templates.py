"""`templates`: wordings from the draft to Kakao's approval."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alimnaru.ops.cli_faults import BAD_INPUT, Refused, ending_of
from alimnaru.ops.cli_output import JsonFlag, answer, screen

if TYPE_CHECKING:
    from alimnaru.store.models import (
        CarrierAccount,
        Notice,
        TemplateRegistration,
        TemplateVersion,
    )

    Act = Callable[[TemplateRegistration], None]

Comment = Annotated[
    str, typer.Option("--comment", help="검수자에게 전할 말.", metavar="글", show_default=False)
]
OnlyCheck = Annotated[bool, typer.Option("--check", help="살펴보기만 하고 내지 않습니다.")]
DraftFile = Annotated[
    Path | None,
    typer.Option(
        "--file", help="바꿀 곳을 적은 파일(TOML, JSON).", metavar="파일", show_default=False
    ),
]
PictureFile = Annotated[
    Path | None,
    typer.Option(
        "--picture",
        help="이미지 알림톡이나 그림 문자에 붙일 그림(JPEG, PNG).",
        metavar="파일",
        show_default=False,
    ),
]
NoticeName = Annotated[
    str,
    typer.Argument(help="알림 업무의 코드나 이름.", metavar="알림", show_default=False),
]
AnyNotice = Annotated[
    str | None,
    typer.Argument(
        help="알림 업무의 코드나 이름. 적지 않으면 모든 알림.", metavar="알림", show_default=False
    ),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option(
        "--account",
        help="계정 이름. 여러 번 적을 수 있고, 적지 않으면 알림톡을 보내는 모든 계정.",
        metavar="이름",
        show_default=False,
    ),
]
Version = Annotated[
    int | None,
    typer.Option(
        "--version",
        help="문안의 판. 적지 않으면 가장 새것.",
        metavar="번호",
        show_default=False,
    ),
]


def status(
    notice: AnyNotice = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="끝난 판과 탈 없는 알림도 모두 보여 줍니다.")
    ] = False,
    as_json: JsonFlag = False,
) -> int:
    """문안이 계정마다 어디까지 왔는지 보여 줍니다.

    알림을 적지 않으면 사람이 볼 일이 있는 것만 보여 줍니다.
    """
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.ops.cli_templates_screen import show_stands, stands_as_json
    from alimnaru.reads.reviews import stands
    from alimnaru.store.scoping import whole_office

    found = whole_office().notices().order_by("code")
    if notice is not None:
        found = found.filter(pk=_notice(notice).pk)
    where = stands(found)
    if as_json:
        answer(stands_as_json(where))
    else:
        show_stands(screen(), where, whole=show_all or notice is not None)
    return 0


def draft(
    notice: NoticeName,
    file: DraftFile = None,
    picture: PictureFile = None,
    as_json: JsonFlag = False,
) -> int:
    """고친 문안을 다음 판으로 저장합니다. 승인된 문안은 그대로 나갑니다.

    파일에 적지 않은 것은 지금 문안 그대로 둡니다. 카카오에 내기 전에 우리가 먼저 살펴봅니다.
    """
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import templates
    from alimnaru.office.drafts import read_draft
    from alimnaru.office.pictures import add_picture
    from alimnaru.ops.cli_templates_screen import problems_as_json, show_draft
    from alimnaru.reads.reviews import newest_version

    found, actor = _notice(notice), cli_member()
    before = newest_version(found)
    wording = read_draft(file, templates.wording_of(before) if before else None)
    kept = add_picture(_content(picture), actor=actor, name=picture.name) if picture else None
    version = templates.draft_version(actor=actor, notice=found, wording=wording, picture=kept)
    problems = templates.examine(version, _accounts(None))
    is_new = before is None or version.pk != before.pk
    if as_json:
        problem_rows = problems_as_json(problems)
        numbers = {"version": version.number, "new": is_new}
        answer({"notice": found.code, **numbers, "problems": problem_rows})
        return 0
    show_draft(screen(), version, problems, is_new=is_new)
    return 0


def _content(path: Path) -> bytes:
    from alimnaru.wording import Fault

    try:
        return path.read_bytes()
    except OSError:
        raise Refused(Fault.PICTURE_NOT_FOUND, name=path.name) from None


def diff(notice: NoticeName, version: Version = None, as_json: JsonFlag = False) -> int:
    """지금 나가는 문안과 가장 새 문안이 어디가 다른지 보여 줍니다.

    빠진 줄 앞에는 -, 새로 생긴 줄 앞에는 +를 붙입니다.
    """
    from alimnaru.ops.boot import boot

    boot(migrate=True)
    from alimnaru.office.lists import NoWording, newest_wording
    from alimnaru.office.templates import wording_of
    from alimnaru.ops.cli_templates_screen import changes_as_json, show_changes
    from alimnaru.rules.wording_diff import changes

    found = _notice(notice)
    new = _version(found, version)
    try:
        old = newest_wording(found)
    except NoWording:
        old = new  # the very first wording: there is nothing beside it
    differing = changes(wording_of(old), wording_of(new))
    if as_json:
        numbers = {"sending": old.number, "version": new.number}
        answer({"notice": found.code, **numbers, "changes": changes_as_json(differing)})
    else:
        show_changes(screen(), found, old, new, differing)
    return 0


def submit(
    *,
    notice: NoticeName,
    account: Accounts = None,
    version: Version = None,
    comment: Comment = "",
    only_check: OnlyCheck = False,
    as_json: JsonFlag = False,
) -> int:
    """문안을 살펴보고, 고칠 곳이 없으면 카카오에 내어 검수를 요청합니다.

    이미 승인되었거나 검수 중인 계정은 그대로 둡니다. 끊겼으면 다시 실행하십시오. 이어서 합니다.
    """
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import templates
    from alimnaru.ops.cli_templates_screen import show_submission, submission_as_json
    from alimnaru.rules.template_review import Severity
    from alimnaru.wording import Fault

    found = _notice(notice)
    new, accounts = _version(found, version), _accounts(account)
    if not accounts:
        raise Refused(Fault.NOWHERE_TO_SUBMIT)
    problems = templates.examine(new, accounts)
    stopped = any(problem.severity is Severity.STOP for problem in problems)
    submission = templates.Submission(problems=problems)
    if not only_check and not stopped:
        submission = templates.submit(
            actor=cli_member(), version=new, accounts=accounts, comment=comment
        )
    if as_json:
        answer({**submission_as_json(new, submission), "stopped": stopped})
    else:
        show_submission(screen(), new, submission, stopped=stopped, only_check=only_check)
    if stopped:
        return BAD_INPUT
    return max((ending_of(error).exit_code for _, error in submission.failures), default=0)


def comment(
    notice: NoticeName,
    text: Annotated[str, typer.Argument(help="검수자에게 전할 말.", metavar="글")],
    account: Accounts = None,
    as_json: JsonFlag = False,
) -> int:
    """검수 중이거나 반려된 문안에 의견을 적습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import templates

    actor = cli_member()

    def act(registration: TemplateRegistration) -> None:
        templates.comment(actor=actor, registration=registration, text=text)

    chosen = _registrations(_notice(notice), account, ("in_review", "rejected"))
    return _each(chosen, act, "의견을 적었습니다.", as_json=as_json)


def withdraw(notice: NoticeName, account: Accounts = None, as_json: JsonFlag = False) -> int:
    """검수 요청을 거두어들입니다. 문안은 초안으로 남습니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import templates

    actor = cli_member()

    def act(registration: TemplateRegistration) -> None:
        templates.withdraw(actor=actor, registration=registration)

    chosen = _registrations(_notice(notice), account, ("in_review",))
    return _each(chosen, act, "검수 요청을 거두었습니다.", as_json=as_json)


def refresh(notice: AnyNotice = None, account: Accounts = None, as_json: JsonFlag = False) -> int:
    """문안이 어디까지 왔는지 지금 발송 사업자에게 물어봅니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import templates
    from alimnaru.store.models import TemplateRegistration as Registration

    actor = cli_member()

    def act(registration: TemplateRegistration) -> None:
        templates.refresh(actor=actor, registration=registration)

    every = [state.value for state in Registration.State if state is not Registration.State.GONE]
    found = _notice(notice) if notice is not None else None
    return _each(_registrations(found, account, every), act, "물어보았습니다.", as_json=as_json)


def wake(notice: NoticeName, account: Accounts = None, as_json: JsonFlag = False) -> int:
    """오래 쓰지 않아 휴면이 된 문안을 깨웁니다."""
    from alimnaru.ops.boot import boot, cli_member

    boot(migrate=True)
    from alimnaru.office import templates

    actor = cli_member()

    def act(registration: TemplateRegistration) -> None:
        templates.wake(actor=actor, registration=registration)

    chosen = _registrations(_notice(notice), account, ("dormant",))
    return _each(chosen, act, "깨웠습니다.", as_json=as_json)


def link(
    notice: NoticeName,
    code: Annotated[str, typer.Argument(help="사업자가 부여한 템플릿 코드.", metavar="템플릿코드")],
    account: Annotated[
        str, typer.Option("--account", help="계정 이름.", metavar="이름", show_default=False)
    ],
    version: Version = None,
    as_json: JsonFlag = False,
) -> int:
    """사업자의 관리 화면에서 승인받은 문안을 그 템플릿 코드와 이어 줍니다."""
    from alimnaru.ops.boot import boot, cli_member
    from alimnaru.ops.cli_lookups import account_called

    boot(migrate=True)
    from alimnaru.office.accounts import register_wordings

    kind, contract = _notice(notice), account_called(account)
    number = _version(kind, version).number
    register_wordings(
        actor=cli_member(), account=contract, codes={kind.code: code}, numbers={kind.code: number}
    )
    if as_json:
        answer({"notice": kind.code, "version": number, "account": contract.name, "code": code})
    else:
        screen().print(
            f"{kind.name}의 문안 {number}판을 {contract.name}의 {code}와(과) 이었습니다."
        )
    return 0


# ---- what is named -------------------------------------------------------------------------------


def _notice(text: str) -> Notice:
    from alimnaru.ops.cli_lookups import notice_called

    return notice_called(text)


def _version(notice: Notice, number: int | None) -> TemplateVersion:
    from alimnaru.office.lists import NoWording
    from alimnaru.wording import Fault

    newest = notice.versions.order_by("-number").first()
    if newest is None:
        raise NoWording(notice.code)
    found = newest if number is None else notice.versions.filter(number=number).first()
    if found is None:
        raise Refused(Fault.VERSION_UNKNOWN, version=number or 0, newest=newest.number)
    return found


def _accounts(names: Sequence[str] | None) -> list[CarrierAccount]:
    """The accounts named, or all that send Alimtalks."""
    from alimnaru.ops.cli_lookups import account_called
    from alimnaru.reads.reviews import accounts_that_send

    if names:
        return [account_called(name) for name in dict.fromkeys(names)]
    return list(accounts_that_send())


def _registrations(
    notice: Notice | None, names: Sequence[str] | None, states: Sequence[str]
) -> list[TemplateRegistration]:
    """Registrations in one of these states, or a refusal if there is none."""
    from alimnaru.store.models import TemplateRegistration as Registration
    from alimnaru.wording import Fault

    found = Registration.objects.filter(state__in=states, account__is_active=True).exclude(code="")
    if notice is not None:
        found = found.filter(version__notice=notice)
    if names:
        found = found.filter(account__in=_accounts(names))
    rows = list(
        found.select_related("account", "version__notice__department", "version__picture").order_by(
            "version__notice__code", "-version__number", "account_id"
        )
    )
    if not rows:
        raise Refused(Fault.NOT_REGISTERED)
    return rows


def _each(
    registrations: Sequence[TemplateRegistration], act: Act, done: str, *, as_json: bool
) -> int:
    """Do it at each account: one that refuses does not keep the others from it."""
    from alimnaru.carriers.base import CarrierError
    from alimnaru.ops.cli_templates_screen import acts_as_json, show_acts

    failures: dict[int, CarrierError] = {}
    for registration in registrations:
        try:
            act(registration)
        except CarrierError as error:
            failures[registration.pk] = error
    if as_json:
        answer(acts_as_json(registrations, failures))
    else:
        show_acts(screen(), registrations, failures, done)
    return max((ending_of(error).exit_code for error in failures.values()), default=0)
