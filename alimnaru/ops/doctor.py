"""What has to be right for notices to go out, asked one by one."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from alimnaru.home import home
from alimnaru.ops import doctor_keys
from alimnaru.ops.doctor_finding import Finding

if TYPE_CHECKING:
    from alimnaru.carriers.base import Carrier
    from alimnaru.carriers.review import ProfileState
    from alimnaru.store.models import CarrierAccount

PYTHON = (3, 11)
#: COPY, `FOR UPDATE SKIP LOCKED` and what the migrations use; older ones are out of support.
POSTGRESQL = 15
#: A day of a large district is about 1 GiB with its log.
FREE_BYTES = 2 * 1024**3
#: Signatures of carriers are refused when clocks differ by 15 minutes (SOLAPI); notice long before.
CLOCK_SECONDS = 60
#: Procrastinate's workers beat every 10 s and count as gone after 30.
HEARTBEAT_SECONDS = 30
#: Work that is due and has not moved for so long is stuck: the sweep comes every few seconds.
STUCK_SECONDS = 120


def examine() -> Iterator[Finding]:
    """Every finding in turn; a check that needs the database is left out when there is none."""
    yield python()
    yield disk(home())
    yield from master_key(home())
    reached = database()
    yield reached
    if not reached.ok:
        return
    applied = migrations()
    yield applied
    if applied.ok:
        for check in _INSIDE:
            yield from check()


def python() -> Finding:
    """The interpreter that runs us."""
    now = sys.version_info
    ok = now[:2] >= PYTHON
    advice = "" if ok else "파이썬 3.11 이상을 설치한 뒤 다시 설치해 주십시오."
    return Finding("python", "파이썬", ok, f"{now.major}.{now.minor}.{now.micro}", advice)


def disk(where: Path) -> Finding:
    """Room for the database, its log, and a list or two."""
    folder = next(path for path in (where, *where.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    ok = free >= FREE_BYTES
    advice = "" if ok else f"{FREE_BYTES // 1024**3} GB 넘게 남도록 공간을 비워 주십시오."
    return Finding("disk", "디스크", ok, f"{free / 1024**3:.1f} GB 남음", advice)


def master_key(where: Path) -> Iterator[Finding]:
    """A key in a file must be its owner's alone; one from the environment has no file."""
    path = where / "master.key"
    if not path.exists():
        return
    mode = path.stat().st_mode & 0o777
    ok = not mode & 0o077
    advice = "" if ok else f"다른 사람이 읽을 수 있습니다. chmod 600 {path} 을 실행해 주십시오."
    yield Finding("master_key", "마스터 키", ok, f"파일 권한 {mode:o}", advice)


def database() -> Finding:
    """Reachable, and new enough."""
    from alimnaru.ops.boot import boot
    from alimnaru.ops.cli_faults import ending_of

    name = "데이터베이스"
    try:
        boot()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
    except Exception as error:
        return Finding("database", name, False, "연결할 수 없음", ending_of(error).message)
    ok = version >= POSTGRESQL * 10_000
    advice = "" if ok else f"PostgreSQL {POSTGRESQL} 이상으로 올려 주십시오."
    return Finding(
        "database", name, ok, f"PostgreSQL {version // 10_000}.{version % 10_000}", advice
    )


def migrations() -> Finding:
    """Whether the tables are those of this version."""
    from alimnaru.ops.boot import unapplied

    missing = unapplied()
    detail = "최신" if not missing else f"{len(missing)}개가 적용되지 않음"
    advice = "" if not missing else "‘alimnaru up’을 한 번 실행하면 적용됩니다."
    return Finding("migrations", "표의 구조", not missing, detail, advice)


def clock() -> Iterator[Finding]:
    """Our clock beside the database's: hours, expiries and signatures hang on it."""
    from django.db import connection
    from django.utils import timezone

    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    apart = abs((timezone.now() - theirs).total_seconds())
    ok = apart <= CLOCK_SECONDS
    advice = "" if ok else "두 컴퓨터의 시각 동기화(NTP)를 확인해 주십시오."
    yield Finding("clock", "시계", ok, f"데이터베이스와 {apart:.0f}초 차이", advice)


def office_file() -> Iterator[Finding]:
    """The office's own file, if it has one."""
    from django.conf import settings

    from alimnaru.store.catalogue import OfficeError, load_office

    try:
        office = load_office(settings.OFFICE_FILE)
    except OfficeError as error:
        yield Finding("office_file", "기관 설정", False, settings.OFFICE_FILE, str(error))
        return
    named = office.words.get("office.name", "")
    own = "" if settings.OFFICE_FILE else " (기본 예시 기관)"
    yield Finding("office_file", "기관 설정", True, f"{named}{own}")


def catalogue() -> Iterator[Finding]:
    """Notices, and the numbers from which their text messages come."""
    from alimnaru.flow.shipping import sender_number
    from alimnaru.store.models import Department, Notice

    notices = Notice.objects.filter(is_active=True).count()
    advice = "" if notices else "‘alimnaru catalogue load’로 불러와 주십시오."
    yield Finding("catalogue", "알림 업무", notices > 0, f"{notices}가지", advice)
    owners = Department.objects.filter(notice__is_active=True).distinct().select_related("parent")
    without = [owner.name for owner in owners if not sender_number(owner)]
    detail = "모든 담당 부서에 있음" if not without else f"없음: {', '.join(without[:5])}"
    advice = "" if not without else "기관 설정에 sender_number를 적고 다시 불러와 주십시오."
    yield Finding("sender_number", "발신번호", not without, detail, advice)


def accounts() -> Iterator[Finding]:
    """Every active contract answers, has money left and a profile that may speak."""
    from alimnaru.carriers.base import CarrierError
    from alimnaru.carriers.kind import SettingsError
    from alimnaru.carriers.review import ProfileState
    from alimnaru.flow.wire import on_the_line
    from alimnaru.store.models import CarrierAccount
    from alimnaru.wording import label, sentence

    active = list(CarrierAccount.objects.filter(is_active=True))
    if not active:
        advice = "‘alimnaru accounts add’로 등록하거나 ‘alimnaru up’으로 모의 통신사를 켜 주십시오."
        yield Finding("account", "발송 사업자", False, "등록된 계정 없음", advice)
    for account in active:
        name = f"발송 사업자 {account.name}"
        try:
            with on_the_line(account, None) as carrier:
                won = carrier.balance()
                # Who tells no balance has not been asked anything yet.
                state = _profile(account, carrier)
        except (CarrierError, SettingsError) as error:
            advice = "주소와 인증 키를 확인해 주십시오."
            if account.is_sandbox:
                advice = "‘alimnaru up’을 켜면 모의 통신사도 켜집니다."
            yield Finding("account", name, False, f"응답 없음({error})", advice)
            continue
        ok = won is None or won > 0
        detail = "연결됨" if won is None else f"연결됨, 잔액 {won:,}원"
        yield Finding("account", name, ok, detail, "" if ok else "충전해 주십시오.")
        if state is not None and state is not ProfileState.ACTIVE:
            yield Finding("profile", f"{name}의 발신 프로필", False, label(state), sentence(state))


def _profile(account: CarrierAccount, carrier: Carrier) -> ProfileState | None:
    """How the carrier says the sender profile stands; None where nobody needs one."""
    from alimnaru.carriers.base import Unsupported

    if not account.profile or "alimtalk" not in account.channels.split(","):
        return None
    try:
        return carrier.templates.profile(account.profile).state
    except Unsupported:
        return None


def people() -> Iterator[Finding]:
    """Two who can let each other in again; and nobody invented where real messages go."""
    from alimnaru.office.example_people import EXAMPLES, is_for_practice
    from alimnaru.reads.people import system_managers
    from alimnaru.rules.members import LEAST_SYSTEM_MANAGERS
    from alimnaru.store.models import Member

    managers, practice = system_managers(), is_for_practice()
    ok = practice or managers >= LEAST_SYSTEM_MANAGERS
    advice = "‘alimnaru members add’로 두 분 이상이 되게 만들어 주십시오." if not ok else ""
    yield Finding("system_managers", "시스템 관리자", ok, f"{managers}명", advice)
    invented = Member.objects.filter(login__in=[e.login for e in EXAMPLES], is_active=True)
    if not practice and (count := invented.count()):
        advice = "실제로 보내는 기관이므로, 콘솔의 ‘부서와 담당자’에서 계정을 닫아 주십시오."
        yield Finding("example_people", "연습용 담당자", False, f"{count}명", advice)


def breakers() -> Iterator[Finding]:
    """No contract rests because it fared badly."""
    from django.utils import timezone

    from alimnaru.reads.health import accounts
    from alimnaru.rules.health import BreakerState, Reason
    from alimnaru.wording import label, sentence

    for one in accounts(timezone.now()):
        for channel in one.channels:
            if one.account.is_active and channel.breaker.state is not BreakerState.CLOSED:
                name = f"발송 사업자 {one.account.name} {label(channel.channel)}"
                advice = sentence(Reason(channel.breaker.reason))
                yield Finding("breaker", name, False, label(channel.breaker.state), advice)


def templates() -> Iterator[Finding]:
    """Sender profiles, and wordings that sleep, soon will, or were stopped."""
    from django.utils import timezone

    from alimnaru.reads.readiness import of_accounts
    from alimnaru.rules.readiness import MERELY_SOON
    from alimnaru.wording import sentence, why

    name = "문안과 프로필"
    found = of_accounts(timezone.now())
    if not found:
        yield Finding("templates", name, True, "막히거나 잠든 것 없음")
    for warning in found:
        whole = sentence(warning.code, **warning.facts)
        if warning.code in MERELY_SOON:
            yield Finding(warning.code.value, name, True, whole)
        else:
            detail = why(warning.code, **warning.facts)
            yield Finding(
                warning.code.value, name, False, detail, whole.removeprefix(detail).strip()
            )


def workers() -> Iterator[Finding]:
    """Somebody who sends, on every lane: a lane without a worker keeps what it takes in."""
    from alimnaru.rules.channel import Lane
    from alimnaru.store.ledger import beats
    from alimnaru.wording import label

    alive = live_workers()
    advice = "" if alive else "‘alimnaru up’이나 ‘alimnaru worker’를 켜 주십시오."
    yield Finding("workers", "발송 일꾼", alive > 0, f"{alive}개 실행 중", advice)
    served = {one.lane for one in beats.serving()}
    alone = [label(lane) for lane in Lane if lane not in served]
    if alive and alone:
        advice = "‘alimnaru worker --lanes urgent,normal,bulk’로 켜 주십시오."
        yield Finding("lanes", "일꾼이 없는 차로", False, ", ".join(alone), advice)


def backlog() -> Iterator[Finding]:
    """Nothing that is due lies still."""
    from django.utils import timezone

    from alimnaru.store.ledger import owing

    now = timezone.now()
    before = now - timedelta(seconds=STUCK_SECONDS)
    stuck = len(owing.chunks_without_job(now, before))
    advice = (
        "" if not stuck else "발송 일꾼을 켜 주십시오. 켜져 있으면 시스템 관리자에게 알려 주십시오."
    )
    detail = "없음" if not stuck else f"{stuck}묶음"
    yield Finding("chunks", "밀린 발송", not stuck, detail, advice)
    waits = owing.inbox_waits(before)
    advice = "" if not waits else "발송 일꾼을 켜 주십시오. 결과는 지워지지 않고 기다립니다."
    yield Finding("inbox", "밀린 결과", not waits, "있음" if waits else "없음", advice)


_INSIDE: tuple[Callable[[], Iterator[Finding]], ...] = (
    clock,
    office_file,
    catalogue,
    accounts,
    people,
    templates,
    breakers,
    workers,
    backlog,
    *doctor_keys.CHECKS,
)


def live_workers() -> int:
    """Workers that have given a sign of life lately, on whatever machine."""
    from django.db import connection

    sql = """
        SELECT count(*) FROM procrastinate_workers
        WHERE last_heartbeat > clock_timestamp() - make_interval(secs => %s)
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [HEARTBEAT_SECONDS])
        found: int = cursor.fetchone()[0]
    return found
