"""The `alimnaru` command. Modules behind a command are imported when it runs: help stays quick."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from alimnaru.ops import (
    cli_accounts,
    cli_agents,
    cli_backup,
    cli_batches,
    cli_canary,
    cli_channels,
    cli_consents,
    cli_destroy,
    cli_doctor,
    cli_entrances,
    cli_faults,
    cli_incidents,
    cli_keyring,
    cli_keys,
    cli_lists,
    cli_members,
    cli_money,
    cli_month,
    cli_office,
    cli_projects,
    cli_proof,
    cli_report_files,
    cli_reports,
    cli_rules,
    cli_services,
    cli_setup,
    cli_sources,
    cli_templates,
    cli_unknown,
    cli_webhooks,
)
from alimnaru.store.whence import Via, coming

HELP = {"help_option_names": ["--help", "-h"]}


class _Command(TyperCommand):
    """Help whose own words are Korean too."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _name_panels()
        _hide_types_of_flags(self.get_params(ctx))
        super().format_help(ctx, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        return _in_korean(super().get_help_option(ctx))


class _Group(TyperGroup):
    """The same for a group; commands stand in the order of a clerk's work."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        _name_panels()
        _hide_types_of_flags(self.get_params(ctx))
        super().format_help(ctx, formatter)

    def get_help_option(self, ctx: Any) -> Any:
        return _in_korean(super().get_help_option(ctx))


def _in_korean(option: Any) -> Any:
    if option is not None:
        option.help = "이 도움말을 보여 줍니다."
    return option


def _hide_types_of_flags(params: Sequence[Any]) -> None:
    """A clerk need not know that --json is a <bool>."""
    for param in params:
        if getattr(param, "is_flag", False):
            param.metavar = " "


def _name_panels() -> None:
    from typer import rich_utils

    rich_utils.ARGUMENTS_PANEL_TITLE = "입력"
    rich_utils.OPTIONS_PANEL_TITLE = "옵션"
    rich_utils.COMMANDS_PANEL_TITLE = "명령"
    rich_utils.REQUIRED_LONG_STRING = "[필수]"
    rich_utils.DEFAULT_STRING = "[기본값: {}]"


def _make(help_text: str) -> typer.Typer:
    return typer.Typer(
        cls=_Group,
        help=help_text,
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings=HELP,
        options_metavar="[옵션]",
        subcommand_metavar="명령 …",
    )


app = _make(
    "주민에게 카카오톡 알림톡으로 알리고, 닿지 않으면 문자로 알립니다.\n\n"
    "처음이라면 ‘alimnaru demo’를 실행해 보십시오. 실제로는 아무에게도 보내지 않습니다."
)


@app.callback(invoke_without_command=True)
def alimnaru(
    ctx: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="버전을 보여 줍니다.")] = False,
) -> int:
    if version:
        from importlib.metadata import version as version_of

        typer.echo(version_of("alimnaru"))
    elif ctx.invoked_subcommand is None:
        typer.echo(ctx.get_help())
    return 0


def _add(
    group: typer.Typer, name: str, function: Any, panel: str | None = None, **more: Any
) -> None:
    group.command(
        name,
        cls=_Command,
        rich_help_panel=panel,
        context_settings={**HELP, **more},
        options_metavar="[옵션]",
    )(function)


_CLERK, _MANAGER, _MACHINE = "보내기", "설정과 점검", "프로그램 실행"
_add(app, "check", cli_lists.check, _CLERK)
_add(app, "send", cli_lists.send, _CLERK)
_add(app, "status", cli_batches.status, _CLERK)
_add(app, "stop", cli_batches.stop, _CLERK)
_add(app, "resume", cli_batches.resume, _CLERK)
_add(app, "unreached", cli_batches.unreached, _CLERK)
_report = _make("기간의 발송 실적을 보고, 보고서를 파일로 만듭니다.")
_report.callback(invoke_without_command=True)(cli_reports.report)
_add(_report, "month", cli_report_files.month)
_add(_report, "council", cli_report_files.council)
_add(_report, "officers", cli_report_files.officers)
_add(_report, "effect", cli_report_files.effect)
app.add_typer(_report, name="report", rich_help_panel=_CLERK)

_unknown = _make("전달되었는지 알 수 없는 메시지를 보고, 어떻게 할지 정합니다.")
_unknown.callback(invoke_without_command=True)(cli_unknown.unknown)
_add(_unknown, "list", cli_unknown.list_)
_add(_unknown, "decide", cli_unknown.decide)
app.add_typer(_unknown, name="unknown", rich_help_panel=_CLERK)

_month = _make("통신사의 이용 내역과 견주고 달을 마감합니다.")
for _name, _act in cli_month.COMMANDS.items():
    _add(_month, _name, _act)
app.add_typer(_month, name="month", rich_help_panel=_MANAGER)

_money = _make("한도와 쓴 돈, 보내면 들 돈을 봅니다.")
for _name, _act in cli_money.COMMANDS.items():
    _add(_money, _name, _act)
app.add_typer(_money, name="money", rich_help_panel=_MANAGER)

_project = _make("발송 비용을 대는 사업(세부사업)과 그 한도를 정합니다.")
for _name, _act in cli_projects.COMMANDS.items():
    _add(_project, _name, _act)
app.add_typer(_project, name="project", rich_help_panel=_MANAGER)

_channel = _make("발송 방법(알림톡, 문자)을 끄고 켭니다.")
_add(_channel, "off", cli_channels.off)
_add(_channel, "on", cli_channels.on)
_add(_channel, "status", cli_channels.status)
_catalogue = _make("알림 업무와 부서를 기관 설정에서 불러옵니다.")
_add(_catalogue, "load", cli_setup.load_catalogue)
_add(_catalogue, "fallback", cli_setup.choose_fallback)
_accounts = _make("발송 사업자 계정을 등록하고, 어떻게 보내고 있는지 살펴봅니다.")
_accounts.callback(invoke_without_command=True)(cli_accounts.accounts)
_add(_accounts, "list", cli_accounts.list_accounts)
_add(_accounts, "add", cli_accounts.add_account)
_add(_accounts, "on", cli_accounts.switch_on)
_add(_accounts, "off", cli_accounts.switch_off)
_add(_accounts, "price", cli_accounts.price)
_add(_accounts, "reset", cli_accounts.reset)
_members = _make("담당자의 계정을 만들고, 역할을 정하고, 들어오지 못하는 분을 돕습니다.")
_members.callback(invoke_without_command=True)(cli_members.members)
_add(_members, "list", cli_members.list_members)
_add(_members, "add", cli_members.add)
_add(_members, "role", cli_members.role)
_add(_members, "reset", cli_members.reset)
_add(_members, "code", cli_members.code)
_keys = _make("다른 프로그램이 쓸 연계 키를 발급하고 폐기합니다.")
_keys.callback(invoke_without_command=True)(cli_keys.keys)
_add(_keys, "list", cli_keys.list_keys)
_add(_keys, "issue", cli_keys.issue)
_add(_keys, "rotate", cli_keys.rotate)
_add(_keys, "revoke", cli_keys.revoke)
_entrances = _make("담당자가 접속할 수 있는 망을 봅니다. 모두 막혔을 때 다시 엽니다.")
_entrances.callback(invoke_without_command=True)(cli_entrances.entrances)
_add(_entrances, "list", cli_entrances.list_networks)
_add(_entrances, "add", cli_entrances.add)
_add(_entrances, "open", cli_entrances.open_all)
_ring = _make("마스터 키를 바꾸고, 그 아래 열쇠의 세대를 살핍니다.")
_add(_ring, "status", cli_keyring.status)
_add(_ring, "rotate", cli_keyring.rotate)
_add(_ring, "retire", cli_keyring.retire)
_webhooks = _make("결과를 알려 줄 다른 시스템의 주소를 등록하고 살펴봅니다.")
_webhooks.callback(invoke_without_command=True)(cli_webhooks.webhooks)
_add(_webhooks, "list", cli_webhooks.list_webhooks)
_add(_webhooks, "add", cli_webhooks.add)
_add(_webhooks, "pause", cli_webhooks.pause)
_add(_webhooks, "resume", cli_webhooks.resume)
_add(_webhooks, "redrive", cli_webhooks.redrive)
_templates = _make("문안을 고쳐 카카오의 검수를 받고, 어디까지 왔는지 봅니다.")
_add(_templates, "status", cli_templates.status)
_add(_templates, "draft", cli_templates.draft)
_add(_templates, "diff", cli_templates.diff)
_add(_templates, "submit", cli_templates.submit)
_add(_templates, "comment", cli_templates.comment)
_add(_templates, "withdraw", cli_templates.withdraw)
_add(_templates, "refresh", cli_templates.refresh)
_add(_templates, "wake", cli_templates.wake)
_add(_templates, "link", cli_templates.link)
_rules = _make("다른 시스템의 기록을 보고 저절로 알리는 규칙을 살핍니다.")
_rules.callback(invoke_without_command=True)(cli_rules.rules)
_add(_rules, "list", cli_rules.list_)
_add(_rules, "show", cli_rules.show)
_add(_rules, "rehearse", cli_rules.rehearse)
_add(_rules, "approve", cli_rules.approve)
_add(_rules, "pause", cli_rules.pause)
app.add_typer(_rules, name="rule", rich_help_panel=_MANAGER)
_source = _make("다른 시스템의 표나 폴더를 연결해, 명단 없이 알리게 합니다.")
_add(_source, "list", cli_sources.list_)
_add(_source, "add-table", cli_sources.add_table)
_add(_source, "add-folder", cli_sources.add_folder)
_add(_source, "add-agent", cli_agents.add_agent)
_add(_source, "change", cli_sources.change)
_add(_source, "test", cli_sources.try_out)
_add(_source, "pause", cli_sources.pause)
_add(_source, "resume", cli_sources.resume)
_add(_source, "remove", cli_sources.remove)
_incidents = _make("개인정보 유출 사고의 기한과 한 일을 봅니다.")
_add(_incidents, "list", cli_incidents.list_)
_add(_incidents, "show", cli_incidents.show)
app.add_typer(_incidents, name="incident", rich_help_panel=_MANAGER)
_destroy = _make("기간이 끝나 파기한 것의 확인서와, 늦은 것을 봅니다.")
_add(_destroy, "list", cli_destroy.list_)
_add(_destroy, "show", cli_destroy.show)
app.add_typer(_destroy, name="destroy", rich_help_panel=_MANAGER)
app.add_typer(_catalogue, name="catalogue", rich_help_panel=_MANAGER)
app.add_typer(_members, name="members", rich_help_panel=_MANAGER)
app.add_typer(_accounts, name="accounts", rich_help_panel=_MANAGER)
app.add_typer(_keys, name="key", rich_help_panel=_MANAGER)
app.add_typer(_ring, name="keys", rich_help_panel=_MANAGER)
app.add_typer(_webhooks, name="webhook", rich_help_panel=_MANAGER)
app.add_typer(_entrances, name="entrances", rich_help_panel=_MANAGER)
app.add_typer(_templates, name="templates", rich_help_panel=_MANAGER)
app.add_typer(_channel, name="channel", rich_help_panel=_MANAGER)
app.add_typer(_source, name="source", rich_help_panel=_MANAGER)
_canary = _make("알림이 나가는 길이 살아 있는지 점검 메시지로 늘 확인합니다.")
_add(_canary, "on", cli_canary.on)
_add(_canary, "off", cli_canary.off)
_add(_canary, "show", cli_canary.show)
app.add_typer(_canary, name="canary", rich_help_panel=_MANAGER)
_seal = _make("기록을 봉인하고, 밖에 남길 봉인과 공개 열쇠를 보여 줍니다.")
_add(_seal, "now", cli_proof.seal)
_add(_seal, "show", cli_proof.show)
_add(_seal, "key", cli_proof.key)
app.add_typer(_seal, name="seal", rich_help_panel=_MANAGER)
_consent = _make("전자 송달에 동의한 기록을 보고, 적고, 철회합니다.")
_add(_consent, "list", cli_consents.list_)
_add(_consent, "add", cli_consents.add)
_add(_consent, "end", cli_consents.end)
_add(_consent, "import", cli_consents.import_)
app.add_typer(_consent, name="consent", rich_help_panel=_MANAGER)
_add(app, "proof", cli_proof.proof, _MANAGER)
_add(app, "verify", cli_proof.verify, _MANAGER)
_office = _make("모든 발송을 멈추거나 다시 시작하고, 되살린 자료를 사업자와 맞추어 봅니다.")
_add(_office, "status", cli_office.status)
_add(_office, "pause", cli_office.pause)
_add(_office, "reconcile", cli_office.reconcile)
_add(_office, "resume", cli_office.resume)
app.add_typer(_office, name="office", rich_help_panel=_MANAGER)
_add(app, "doctor", cli_doctor.doctor, _MANAGER)

_backup = _make("데이터베이스를 백업하고, 백업이 온전한지 확인합니다.")
_add(_backup, "make", cli_backup.make)
_add(_backup, "check", cli_backup.check)
_add(_backup, "archive", cli_backup.archive)
app.add_typer(_backup, name="backup", rich_help_panel=_MACHINE)
_add(app, "restore", cli_backup.restore, _MACHINE)
_add(app, "migrate", cli_backup.migrate, _MACHINE)
_add(app, "up", cli_services.up, _MACHINE)
_add(app, "worker", cli_services.worker, _MACHINE)
_add(
    app, "sandbox", cli_services.sandbox, _MACHINE,
    ignore_unknown_options=True, allow_interspersed_args=False,
)  # fmt: skip
_add(app, "demo", cli_services.demo, _MACHINE)
_add(app, "bench", cli_services.bench, _MACHINE)
_add(app, "chaos", cli_services.chaos, _MACHINE)


def run(args: Sequence[str]) -> int:
    """Run one command; return its exit code. Faults are told, never raised."""
    try:
        with coming("", Via.CLI):
            code = typer.main.get_command(app).main(
                args=list(args), prog_name="alimnaru", standalone_mode=False
            )
    except (Exception, KeyboardInterrupt) as error:
        return cli_faults.tell(cli_faults.ending_of(error), as_json="--json" in args)
    return code if isinstance(code, int) else 0


def main() -> None:
    """The entry point of the `alimnaru` script."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
