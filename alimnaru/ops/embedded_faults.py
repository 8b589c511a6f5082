"""What can go wrong with the embedded PostgreSQL: codes, and what a person is told."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from enum import StrEnum


class EmbeddedFault(StrEnum):
    PERMISSION = "permission"
    DISK_FULL = "disk_full"
    MEMORY = "memory"
    FOLDER_NAME = "folder_name"
    NOT_A_DATABASE = "not_a_database"
    NEWER_VERSION = "newer_version"
    UPGRADE_FAILED = "upgrade_failed"
    PORT_TAKEN = "port_taken"
    PORT_DIFFERS = "port_differs"
    BUSY = "busy"
    TIMEOUT = "timeout"
    START_FAILED = "start_failed"
    BACKUP_FAILED = "backup_failed"
    NO_BACKUP = "no_backup"
    RESTORE_FAILED = "restore_failed"
    RESTORE_TARGET = "restore_target"


SENTENCES: dict[EmbeddedFault, str] = {
    EmbeddedFault.BACKUP_FAILED: (
        "데이터베이스를 백업하지 못했습니다. 먼저 받아 둔 백업은 그대로 있습니다. "
        "백업 폴더의 남은 공간과 권한을 확인한 뒤 다시 실행해 주십시오."
    ),
    EmbeddedFault.NO_BACKUP: (
        "그 시각으로 되돌릴 수 있는 백업이 이 폴더에 없습니다. "
        "폴더가 맞는지, 시각이 가장 오래된 백업보다 뒤인지 확인해 주십시오."
    ),
    EmbeddedFault.RESTORE_FAILED: (
        "백업을 되살리지 못했습니다. 백업은 그대로 있습니다. "
        "아래 내용을 시스템 관리자에게 전달해 주십시오."
    ),
    EmbeddedFault.RESTORE_TARGET: (
        "되살릴 폴더에 이미 데이터베이스가 있어 아무것도 하지 않았습니다. "
        "비어 있는 폴더를 지정해 주십시오."
    ),
    EmbeddedFault.PERMISSION: (
        "데이터베이스 폴더에 접근할 권한이 없습니다. "
        "폴더의 소유자와 권한을 확인하거나 ALIMNARU_HOME을 다른 폴더로 지정해 주십시오."
    ),
    EmbeddedFault.DISK_FULL: (
        "디스크에 남은 공간이 없어 데이터베이스를 시작하지 못했습니다. "
        "저장된 자료는 그대로 있습니다. 공간을 비운 뒤 다시 실행해 주십시오."
    ),
    EmbeddedFault.MEMORY: (
        "메모리가 모자라 데이터베이스를 시작하지 못했습니다. "
        "다른 프로그램을 끝내거나 메모리를 늘린 뒤 다시 실행해 주십시오."
    ),
    EmbeddedFault.FOLDER_NAME: (
        "데이터베이스 폴더 이름에 쓸 수 없는 글자(큰따옴표, $, 역따옴표, 역슬래시, 줄바꿈)가 "
        "있습니다. ALIMNARU_HOME을 다른 이름의 폴더로 지정해 주십시오."
    ),
    EmbeddedFault.NOT_A_DATABASE: (
        "데이터베이스 폴더에 다른 파일이 들어 있어 새로 만들지 않았습니다. "
        "빈 폴더를 ALIMNARU_HOME으로 지정해 주십시오."
    ),
    EmbeddedFault.NEWER_VERSION: (
        "이 자료는 더 새로운 버전의 프로그램이 만든 것이어서 열 수 없습니다. "
        "저장된 자료는 그대로 있습니다. 알림나루를 새 버전으로 올려 주십시오."
    ),
    EmbeddedFault.UPGRADE_FAILED: (
        "데이터베이스를 새 버전으로 옮기지 못했습니다. 예전 자료는 그대로 있습니다. "
        "아래 내용을 시스템 관리자에게 전달해 주십시오."
    ),
    EmbeddedFault.PORT_TAKEN: (
        "데이터베이스가 쓸 포트를 다른 프로그램이 쓰고 있습니다. 다른 포트를 지정해 주십시오."
    ),
    EmbeddedFault.PORT_DIFFERS: (
        "데이터베이스가 이미 다른 포트로 실행 중이며 다른 프로그램이 쓰고 있습니다. "
        "그 프로그램을 끝낸 뒤 다시 실행해 주십시오."
    ),
    EmbeddedFault.BUSY: (
        "다른 프로그램이 데이터베이스를 켜거나 끄는 중이어서 기다리다 멈췄습니다. "
        "잠시 뒤 다시 실행해 주십시오."
    ),
    EmbeddedFault.TIMEOUT: (
        "데이터베이스가 정해진 시간 안에 응답하지 않았습니다. "
        "잠시 뒤 다시 실행하고, 계속되면 시스템 관리자에게 알려 주십시오."
    ),
    EmbeddedFault.START_FAILED: (
        "데이터베이스를 시작하지 못했습니다. 아래 내용을 시스템 관리자에게 전달해 주십시오."
    ),
}

# PostgreSQL runs with lc_messages = C, so its sentences can be recognised.
_SIGNS: tuple[tuple[str, EmbeddedFault], ...] = (
    ("No space left on device", EmbeddedFault.DISK_FULL),
    ("Disk quota exceeded", EmbeddedFault.DISK_FULL),
    ("could not map anonymous shared memory", EmbeddedFault.MEMORY),
    ("could not create shared memory segment", EmbeddedFault.MEMORY),
    ("Cannot allocate memory", EmbeddedFault.MEMORY),
    ("Address already in use", EmbeddedFault.PORT_TAKEN),
    ("Permission denied", EmbeddedFault.PERMISSION),
    ("Read-only file system", EmbeddedFault.PERMISSION),
    ("has wrong ownership", EmbeddedFault.PERMISSION),
    ("has invalid permissions", EmbeddedFault.PERMISSION),
)

_ERRNO = {
    errno.ENOSPC: EmbeddedFault.DISK_FULL,
    errno.EDQUOT: EmbeddedFault.DISK_FULL,
    errno.ENOMEM: EmbeddedFault.MEMORY,
    errno.EACCES: EmbeddedFault.PERMISSION,
    errno.EPERM: EmbeddedFault.PERMISSION,
    errno.EROFS: EmbeddedFault.PERMISSION,
}


class EmbeddedError(Exception):
    """`code` for programs, `sentence` (Korean) for people, `detail` (English) for a repair."""

    def __init__(self, code: EmbeddedFault, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code]


def fault_of(output: str, otherwise: EmbeddedFault = EmbeddedFault.START_FAILED) -> EmbeddedFault:
    """The fault that PostgreSQL's own words point to."""
    return next((fault for sign, fault in _SIGNS if sign in output), otherwise)


@contextlib.contextmanager
def os_errors_as_faults() -> Iterator[None]:
    """Disk and permission troubles of our own file work become `EmbeddedError`."""
    try:
        yield
    except OSError as error:
        code = _ERRNO.get(error.errno or 0, EmbeddedFault.START_FAILED)
        raise EmbeddedError(code, str(error)) from error
