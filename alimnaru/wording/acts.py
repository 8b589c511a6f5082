"""Words for the audit log: what was done, to what, and what is noted of it."""

from __future__ import annotations

from typing import Final

from alimnaru.wording.language import Texts

#: By `AuditEntry.act`. They are offered as a filter, grouped by what stands before the dot.
ACTS: Final = Texts(
    {
        "batch.send": "발송",
        "batch.test": "나에게 시험 발송",
        "batch.request": "발송 승인 요청",
        "batch.approve": "발송 승인",
        "batch.return": "발송 돌려보냄",
        "batch.withdraw": "승인 요청 거둠",
        "batch.release": "발송 시작",
        "batch.undo": "발송 되돌림",
        "batch.discard": "발송 그만둠",
        "batch.correct": "정정 안내 작성",
        "batch.slice_pass": "먼저 보낸 결과가 좋아 이어서 발송",
        "batch.slice_stop": "먼저 보낸 결과가 나빠 멈춤",
        "batch.stop": "발송 멈춤",
        "batch.resume": "발송 이어서 함",
        "batch.cancel": "발송 취소",
        "batch.open": "시스템이 발송 엶",
        "batch.cancel_one": "발송 한 건 취소",
        "list.upload": "명단 올림",
        "list.read_again": "명단 다시 읽음",
        "list.give_up": "올린 명단 지움",
        "saved_list.save": "명단 저장",
        "saved_list.delete": "저장한 명단 지움",
        "unknown.decide": "확인 필요 결정",
        "unreached.export": "못 받은 분 명단 받기",
        "unreached.done": "못 받은 분 처리함",
        "person.unmask": "가린 정보 보기",
        "person.find": "전화번호로 찾기",
        "preference.set": "수신 설정 등록",
        "preference.end": "수신 설정 끝냄",
        "preference.import": "수신거부 명단 올림",
        "suspension.set": "번호 쓰지 않게 함",
        "suspension.end": "번호 다시 쓰게 함",
        "guardian.set": "보호자 등록",
        "guardian.end": "보호자 사본 끝냄",
        "resident.choose": "주민이 수신 설정을 바꿈",
        "resident.disown": "주민이 내 안내가 아니라고 함",
        "resident.take_back": "주민이 내 안내가 맞다고 되돌림",
        "task.done": "할 일 처리함",
        "download.unreached": "못 받은 분 명단 받기",
        "download.errors": "오류 행 받기",
        "download.list": "명단 받기",
        "download.statistics": "통계 받기",
        "download.audit": "감사 기록 받기",
        "template.draft": "문안 초안 씀",
        "template.submit": "문안 심사 요청",
        "template.withdraw": "문안 심사 거둠",
        "template.comment": "문안 심사에 답함",
        "template.wake": "휴면 문안 깨움",
        "template.refresh": "문안 심사 상태 확인",
        "template.register": "등록된 문안 연결",
        "picture.add": "그림 올림",
        "notice.fallback": "대체 문자 바꿈",
        "notice.plain": "문자 그대로 보내는 알림 만듦",
        "catalogue.load": "알림 목록 불러옴",
        "rule.make": "알림 규칙 만듦",
        "rule.change": "알림 규칙 바꿈",
        "rule.rehearse": "알림 규칙 예행연습",
        "rule.approve": "알림 규칙 승인",
        "rule.pause": "알림 규칙 쉬게 함",
        "rule.resume": "알림 규칙 다시 켬",
        "account.set": "발송 계정 등록",
        "account.terms": "발송 계정 조건 바꿈",
        "account.test": "발송 계정 시험",
        "account.on": "발송 계정 켬",
        "account.off": "발송 계정 끔",
        "account.price": "단가 바꿈",
        "account.reset": "발송 계정 되돌림",
        "sender.set": "발신번호 바꿈",
        "channel.off": "채널 끔",
        "channel.on": "채널 켬",
        "member.sign_in": "로그인",
        "member.add": "담당자 등록",
        "member.examples": "연습용 담당자 등록",
        "member.open": "담당자 계정 엶",
        "member.shut": "담당자 계정 닫음",
        "member.role.give": "역할 맡김",
        "member.role.take": "역할 거둠",
        "member.password": "비밀번호 바꿈",
        "member.password.reset": "초기 비밀번호 새로 만듦",
        "member.second_factor.reset": "인증 초기화",
        "member.authenticator": "인증 앱 등록",
        "member.recovery_codes": "복구 코드 새로 만듦",
        "member.mobile": "자기 휴대전화 번호 등록",
        "department.add": "부서 등록",
        "department.change": "부서 정보 바꿈",
        "policy.change": "정책 바꿈",
        "source.add": "시스템 연결",
        "source.change": "연결 바꿈",
        "source.pause": "연결 멈춤",
        "source.resume": "연결 다시 시작",
        "source.remove": "연결 지움",
        "key.issue": "연계 키 발급",
        "key.confirm": "연계 키 확인",
        "key.rotate": "연계 키 새로 바꿈",
        "key.change": "연계 키 한도 바꿈",
        "key.revoke": "연계 키 폐기",
        "webhook.add": "웹훅 등록",
        "webhook.change": "웹훅 바꿈",
        "webhook.pause": "웹훅 멈춤",
        "webhook.resume": "웹훅 다시 보냄",
        "webhook.remove": "웹훅 지움",
        "webhook.secret": "웹훅 비밀 값 바꿈",
        "webhook.redrive": "웹훅 포기한 것 다시 보냄",
        "webhook.test": "웹훅 시험",
    }
)

#: By what stands before the dot of an act.
GROUPS: Final = Texts(
    {
        "batch": "발송",
        "list": "명단",
        "saved_list": "저장한 명단",
        "unknown": "확인 필요",
        "unreached": "받지 못한 분",
        "person": "개인정보 열람",
        "preference": "수신 설정",
        "suspension": "쓰지 않는 번호",
        "guardian": "보호자",
        "resident": "주민 페이지",
        "task": "할 일",
        "download": "파일 받기",
        "template": "문안",
        "picture": "그림",
        "notice": "알림",
        "catalogue": "알림 목록",
        "rule": "알림 규칙",
        "account": "발송 계정",
        "sender": "발신번호",
        "channel": "채널",
        "member": "담당자",
        "department": "부서",
        "policy": "정책",
        "source": "연결한 시스템",
        "key": "연계 키",
        "webhook": "웹훅",
    }
)

#: By what stands before the colon of `AuditEntry.subject`.
SUBJECTS: Final = Texts(
    {
        "batch": "발송",
        "message": "메시지",
        "upload": "올린 명단",
        "saved_list": "저장한 명단",
        "template": "문안",
        "picture": "그림",
        "notice": "알림",
        "catalogue": "알림 목록",
        "rule": "알림 규칙",
        "account": "발송 계정",
        "channel": "채널",
        "member": "담당자",
        "department": "부서",
        "policy": "정책",
        "source": "연결한 시스템",
        "key": "연계 키",
        "webhook": "웹훅",
        "office": "기관",
        "statistics": "통계",
        "task": "할 일",
        "preferences": "수신 설정",
        "guardian": "보호자",
        "audit": "감사 기록",
    }
)

#: By the name of a fact, in the order in which they are shown: a reason comes last.
FACTS: Final = Texts(
    {
        "about": "무엇에 관하여",
        "account": "계정",
        "address": "주소 바꿈",
        "addresses": "허용 주소",
        "after": "바꾼 뒤",
        "approvals": "필요한 승인",
        "at": "시각",
        "audience": "받는 사람",
        "batch": "발송",
        "before": "바꾸기 전",
        "bytes": "크기(바이트)",
        "ceiling_won": "문자 한도(원)",
        "channel": "채널",
        "channels": "채널",
        "choice": "결정",
        "choices": "고른 것",
        "chunks": "묶음",
        "code": "코드",
        "columns": "칸",
        "correction": "정정 발송",
        "count": "건수",
        "department": "부서",
        "departments": "부서",
        "draft": "발송",
        "end": "종료일",
        "ended": "끝낸 설정",
        "events": "알릴 일",
        "file": "파일",
        "found": "찾은 메시지",
        "from": "경로",
        "hash": "확인 값",
        "height": "높이",
        "hidden": "숨은 행 포함",
        "host": "받는 곳",
        "hours_waived": "시간 제한 없이",
        "in": "부서",
        "key": "키 번호",
        "kind": "사업자",
        "known": "이미 있던 번호",
        "lifted": "다시 쓰게 한 번호",
        "list": "명단 확인 값",
        "login": "아이디",
        "messages": "메시지",
        "monthly_cap_won": "월 한도(원)",
        "name": "이름",
        "named": "고른 메시지만",
        "new": "새 번호",
        "notice": "알림",
        "notice_id": "알림 번호",
        "notices": "알림",
        "number": "번호",
        "of": "필요한 승인",
        "origin": "올린 방법",
        "outage": "장애 번호",
        "people": "사람 수",
        "per_day": "하루 한도",
        "per_minute": "1분 한도",
        "per_second": "초당 한도",
        "phone": "대표 전화",
        "priority": "순서",
        "refused": "오류 행",
        "relation": "관계",
        "repeats": "같은 발송",
        "replaces": "대신하는 키",
        "risks": "살필 점",
        "role": "권한",
        "rows": "행",
        "sandbox": "연습용",
        "scopes": "할 수 있는 일",
        "sender_number": "발신번호",
        "sheet": "시트",
        "repriced": "다시 셈한 메시지",
        "repriced_won": "달라진 비용(원)",
        "since": "시작",
        "start": "시작일",
        "slice": "먼저 보낸 수",
        "source": "올린 파일",
        "spent_won": "쓴 금액(원)",
        "suspension": "쓰지 않는 번호",
        "templates": "문안",
        "topics": "주제",
        "until": "끝",
        "version": "판",
        "versions": "문안",
        "views": "표 바꿈",
        "well": "정상",
        "width": "너비",
        "with": "방법",
        "won": "단가(원)",
        "wording": "문안 확인 값",
        "reason": "사유",
        "note": "덧붙인 말",
    }
)


def act_words(act: str) -> str:
    """What was done; the act itself where a later version has written it."""
    return ACTS.get(act, act)


def subject_words(subject: str) -> str:
    """To what: `batch:12` as 발송 12."""
    kind, _, number = subject.partition(":")
    return f"{SUBJECTS.get(kind, kind)} {number}".strip()


def subject_called(text: str) -> str:
    """The subject that a person means: 발송 12, 발송12 and batch:12 are the same."""
    for kind in SUBJECTS:
        words = SUBJECTS[kind]
        number = text.removeprefix(words).strip()
        if text.startswith(words) and (not number or number.isascii()):
            return f"{kind}:{number}" if number else kind
    return text


def fact_words(name: str) -> str:
    """What a fact is called; its own name where a later version has written it."""
    return FACTS.get(name, name)


def grouped_acts() -> list[tuple[str, list[tuple[str, str]]]]:
    """Acts and their words under the words of their groups: the choices of a filter."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for act in ACTS:
        groups.setdefault(GROUPS[act.partition(".")[0]], []).append((act, ACTS[act]))
    return list(groups.items())
