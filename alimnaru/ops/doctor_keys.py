"""Keys and destroying, as the doctor asks: what opens residents' data, and for how long."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from alimnaru.ops.doctor_finding import Finding

#: A file with a key is small; tables and archived logs are not, and are not read.
KEY_FILE_BYTES = 4096
#: Workers bring everything under a new generation within minutes; a large office within hours.
SETTLED = timedelta(days=1)
#: Files are written anew at night (`flow.retention`); a table in use puts it off to the next.
REWRITTEN = timedelta(days=3)


def late_destruction() -> Iterator[Finding]:
    """What should have been destroyed days ago: a worker that stands still, or a fault of ours."""
    from django.utils import timezone

    from alimnaru.reads.destroying import late, unwritten

    number = late(timezone.now())
    detail = "늦은 것 없음" if not number else f"발송 {number}건이 늦음"
    advice = "" if not number else "발송 일꾼이 돌고 있는지, 기록에 오류가 없는지 봐 주십시오."
    yield Finding("destruction", "기간이 끝난 정보 파기", not number, detail, advice)
    if unwritten(timezone.now() - REWRITTEN):
        advice = "새벽 2시부터 5시 사이에 발송 일꾼이 돌고 있는지 봐 주십시오."
        detail = "며칠째 파일을 고쳐 쓰지 못함"
        yield Finding("destruction_files", "파기한 자리의 파일", False, detail, advice)


def verified() -> Iterator[Finding]:
    """Whether what is written is still as it was sealed: looked at by workers, every night."""
    from django.utils import timezone

    from alimnaru.reads import seals

    found, now, name = seals.verified(), timezone.now(), "기록 검증"
    last = found.night or found.whole
    if last is None:
        yield Finding("verified", name, True, "아직 한 적 없음", "")
        return
    detail = f"마지막 {timezone.localtime(last.asked_at):%Y-%m-%d %H:%M}"
    if found.wrong is not None:
        detail += f", 적힌 것과 다른 곳 {found.wrong.wrong}곳"
        advice = "서버의 기록을 그대로 두고 감사 부서와 보안 담당자에게 알려 주십시오."
    elif found.failed:
        detail, advice = f"{detail}, 마치지 못함", "‘alimnaru verify’를 실행해 주십시오."
    else:
        late = found.is_late(now)
        advice = "발송 일꾼이 새벽 4시 뒤에 돌고 있는지 봐 주십시오." if late else ""
    yield Finding("verified", name, not advice, detail, advice)


def late_holds() -> Iterator[Finding]:
    """What should have been put apart, or destroyed, a day ago and is not."""
    from django.utils import timezone

    from alimnaru.reads import holds

    stuck, over = holds.stuck(timezone.now()), holds.over(timezone.now())
    detail, advice = "늦은 것 없음", ""
    if stuck or over:
        detail = f"옮기다 멈춘 보존 {stuck:,}건, 기한이 지난 보존 {over:,}건"
        advice = "발송 일꾼이 돌고 있는지, 기록에 오류가 없는지 봐 주십시오."
    yield Finding("holds", "따로 보존하는 메시지", not advice, detail, advice)


def key_place() -> Iterator[Finding]:
    """Who takes the database's folder or a backup must not take the key that opens it along."""
    from django.conf import settings

    needle = settings.MASTER_KEY
    for name, folder in _folders():
        if _holds(folder, needle):
            advice = "거기에서 지우고, 열쇠는 다른 곳에 보관해 주십시오."
            yield Finding("key_place", "마스터 키의 자리", False, f"{name}에 있음", advice)


def _folders() -> Iterator[tuple[str, Path]]:
    from django.conf import settings

    if settings.BACKUP:
        yield "백업 폴더", Path(settings.BACKUP)
    data = _data_directory()
    if data is not None:
        yield "데이터베이스 폴더", data


def _data_directory() -> Path | None:
    """Where the server keeps its files, if it is on this machine and says so."""
    from django.db import DatabaseError, connection, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            found = Path(cursor.fetchone()[0])
    except DatabaseError:
        return None  # a role that may not ask
    return found


def _holds(folder: Path, key: bytes) -> bool:
    """Whether a small file below holds the key, as it is or in base64."""
    needles = (key, base64.b64encode(key), base64.urlsafe_b64encode(key))
    try:
        return any(_has(path, needles) for path in folder.rglob("*"))
    except OSError:
        return False


def _has(path: Path, needles: tuple[bytes, ...]) -> bool:
    try:
        if not path.is_file() or path.stat().st_size > KEY_FILE_BYTES:
            return False
        content = path.read_bytes()
    except OSError:
        return False  # another's, or gone meanwhile
    return any(needle in content for needle in needles)


def old_keys() -> Iterator[Finding]:
    """Nothing stands any more under what was replaced because it may have become known."""
    from django.conf import settings
    from django.utils import timezone

    from alimnaru.flow.rewrapping import left_under
    from alimnaru.store import keyring

    found = keyring.standing()
    name = "예전 열쇠"
    if found and not keyring.under_present_master():
        advice = "‘alimnaru keys rotate’를 실행해 주십시오."
        yield Finding("master_key_new", name, False, "지금 마스터 키가 다 열지 못함", advice)
    elif found and settings.OLD_MASTER_KEYS:
        advice = (
            "모든 프로그램을 새 키로 다시 켠 뒤 ‘alimnaru keys retire’를 실행하고 "
            "ALIMNARU_OLD_MASTER_KEYS에서 지워 주십시오."
        )
        yield Finding("master_key_old", name, False, "예전 마스터 키를 아직 씀", advice)
    if len(found) < 2 or found[-1].created_at > timezone.now() - SETTLED:
        return
    left = sum(left_under(one.number) for one in found[:-1])
    if left:
        advice = "발송 일꾼이 돌고 있는지 봐 주십시오. 예전 것을 새 세대로 다시 감쌉니다."
        yield Finding("generation_old", name, False, f"예전 세대로 잠긴 것 {left:,}건", advice)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    late_destruction,
    verified,
    late_holds,
    key_place,
    old_keys,
)
