"""What can be wrong with an office's own file, as codes and as sentences for whoever wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class OfficeFault(StrEnum):
    """Why an office file, or a wording filled from it, cannot be used."""

    FILE_NOT_FOUND = "file_not_found"
    FILE_UNREADABLE = "file_unreadable"
    FILE_ENCODING = "file_encoding"
    FILE_SYNTAX = "file_syntax"
    TABLE_MISSING = "table_missing"
    WRONG_TYPE = "wrong_type"
    KEY_MISSING = "key_missing"
    KEY_UNKNOWN = "key_unknown"
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_HAS_MARK = "text_has_mark"
    TEXT_UNPRINTABLE = "text_unprintable"
    CODE_BAD = "code_bad"
    PHONE_BAD = "phone_bad"
    PARENT_UNKNOWN = "parent_unknown"
    PARENT_CIRCLE = "parent_circle"
    ROLE_MISSING = "role_missing"
    DEPARTMENT_UNKNOWN = "department_unknown"
    ENUM_MISSING = "enum_missing"
    SHORT_MISSING = "short_missing"
    LINK_MISSING = "link_missing"
    LINK_BAD = "link_bad"
    WINDOW_BAD = "window_bad"
    WORD_MISSING = "word_missing"
    WORDING_REFUSED = "wording_refused"
    SMS_TOO_LONG = "sms_too_long"
    LMS_TOO_LONG = "lms_too_long"
    ALIMTALK_TOO_LONG = "alimtalk_too_long"


#: What happened, and what to do. `{file}` opens every sentence when it is known.
SENTENCES: Mapping[OfficeFault, str] = {
    OfficeFault.FILE_NOT_FOUND: (
        "파일이 없습니다. 설정 ALIMNARU_OFFICE에 적은 경로를 확인해 주십시오."
    ),
    OfficeFault.FILE_UNREADABLE: (
        "파일을 열 수 없습니다. 읽기 권한이 있는 파일인지 확인해 주십시오."
    ),
    OfficeFault.FILE_ENCODING: "UTF-8이 아닙니다. 편집기에서 UTF-8로 다시 저장해 주십시오.",
    OfficeFault.FILE_SYNTAX: "TOML 문법에 맞지 않습니다({detail}). 그 줄을 고쳐 주십시오.",
    OfficeFault.TABLE_MISSING: "[{where}] 표가 없습니다. 기본 office.toml을 보고 추가해 주십시오.",
    OfficeFault.WRONG_TYPE: "{where}에는 {expected}을(를) 적어야 합니다. 값을 고쳐 주십시오.",
    OfficeFault.KEY_MISSING: "{where} 값이 없습니다. 추가해 주십시오.",
    OfficeFault.KEY_UNKNOWN: "{where}은(는) 모르는 이름입니다. 철자를 확인하거나 지워 주십시오.",
    OfficeFault.TEXT_EMPTY: "{where} 값이 비어 있습니다. 내용을 적어 주십시오.",
    OfficeFault.TEXT_TOO_LONG: (
        "{where} 값이 {length}자로 너무 깁니다. {limit}자 이하로 줄여 주십시오."
    ),
    OfficeFault.TEXT_HAS_MARK: (
        "{where} 값에 쓸 수 없는 기호({mark})가 있습니다. 그 기호를 빼 주십시오."
    ),
    OfficeFault.TEXT_UNPRINTABLE: (
        "{where} 값에 문자로 보낼 수 없는 글자({mark})가 있습니다. 다른 글자로 바꿔 주십시오."
    ),
    OfficeFault.CODE_BAD: (
        "부서 코드 {where}은(는) 쓸 수 없습니다. "
        "영문 소문자, 숫자, 붙임표로 32자까지 적어 주십시오."
    ),
    OfficeFault.PHONE_BAD: (
        "{where} 값은 기관 전화번호가 아닙니다. "
        "지역번호가 있는 유선번호나 대표번호를 적어 주십시오."
    ),
    OfficeFault.PARENT_UNKNOWN: (
        "부서 {where}의 상위 부서 {parent}이(가) 없습니다. 코드를 확인해 주십시오."
    ),
    OfficeFault.PARENT_CIRCLE: (
        "부서 {where}의 상위 부서를 따라가면 자기 자신으로 돌아옵니다. parent를 고쳐 주십시오."
    ),
    OfficeFault.ROLE_MISSING: (
        "{kind} 알림을 보낼 부서가 정해지지 않았습니다. [roles]에 {role}을(를) 추가해 주십시오."
    ),
    OfficeFault.DEPARTMENT_UNKNOWN: (
        "부서 코드 {department}이(가) [departments]에 없습니다. 코드를 확인해 주십시오."
    ),
    OfficeFault.ENUM_MISSING: (
        '{kind} 알림에 쓰는 목록이 없습니다. [enums]에 "{enum}"을(를) 추가해 주십시오.'
    ),
    OfficeFault.SHORT_MISSING: (
        '{kind} 알림의 문자에 쓸 짧은 이름이 없습니다. [short]의 "{enum}"에 '
        "{value}을(를) 추가해 주십시오."
    ),
    OfficeFault.LINK_MISSING: (
        '{kind} 알림의 버튼 주소가 없습니다. [links]에 "{button}"을(를) 추가해 주십시오.'
    ),
    OfficeFault.LINK_BAD: (
        "{where} 주소를 쓸 수 없습니다. http:// 또는 https://로 시작하는 500자 이하의 "
        "주소를 적어 주십시오."
    ),
    OfficeFault.WINDOW_BAD: (
        '{where} 시각을 읽을 수 없습니다. from = "08:00", to = "20:00"처럼 이른 시각부터 '
        "적어 주십시오."
    ),
    OfficeFault.WORD_MISSING: (
        "{kind} 문안에 쓰는 말이 없습니다. [{table}]에 {key}을(를) 추가해 주십시오."
    ),
    OfficeFault.WORDING_REFUSED: (
        "{kind} 문안에 기관의 말을 넣으니 카카오 규격({detail})에 맞지 않습니다. "
        "더 짧은 말로 바꿔 주십시오."
    ),
    OfficeFault.SMS_TOO_LONG: (
        "{kind} 문자가 가장 길 때 {length}바이트가 되어 {limit}바이트를 넘습니다. "
        "기관의 말이나 짧은 이름을 줄여 주십시오."
    ),
    OfficeFault.LMS_TOO_LONG: (
        "{kind} 장문 문자의 {part}이(가) 가장 길 때 {length}바이트가 되어 {limit}바이트를 "
        "넘습니다. 기관의 말을 줄여 주십시오."
    ),
    OfficeFault.ALIMTALK_TOO_LONG: (
        "{kind} 알림톡의 {part}이(가) 가장 길 때 {length}자가 되어 {limit}자를 넘습니다. "
        "기관의 말을 줄여 주십시오."
    ),
}


class OfficeError(Exception):
    """An office file cannot be used. `str()` is the Korean sentence; `facts` are its parts."""

    def __init__(self, code: OfficeFault, facts: Mapping[str, str | int] | None = None) -> None:
        self.code = code
        self.facts: dict[str, str | int] = dict(facts or {})
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        sentence = SENTENCES[self.code].format_map(self.facts)
        file = self.facts.get("file")
        return f"{file}: {sentence}" if file else sentence
