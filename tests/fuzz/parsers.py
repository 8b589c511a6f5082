"""What reads what strangers write: one target for each, from bytes to nothing or a refusal.

A target raises only for a fault of ours. `known` holds real inputs from which a fuzzer begins.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from alimnaru.carriers.bizgo import callback as bizgo
from alimnaru.carriers.kind import NotGenuine
from alimnaru.carriers.nhn import callback as nhn
from alimnaru.carriers.registry import KINDS
from alimnaru.carriers.sens import callback as sens
from alimnaru.carriers.solapi import callback as solapi
from alimnaru.client.errors import BadSignature
from alimnaru.client.webhooks import verify
from alimnaru.rules import hook_hosts, webhook_urls
from alimnaru.rules.api_keys import parse_key
from alimnaru.rules.conditions import condition_from_json
from alimnaru.rules.dates import read_date, read_moment, read_range, read_time
from alimnaru.rules.disclosure import purpose_of
from alimnaru.rules.draft import DraftWording
from alimnaru.rules.forwarded import caller, read_proxies
from alimnaru.rules.merging import specs_from_json
from alimnaru.rules.opt_out_list import OptOutsRefused, read_opt_outs
from alimnaru.rules.phone import read_office_number, read_phone
from alimnaru.rules.policy import from_json, problems
from alimnaru.rules.recognise import Candidate, Recogniser
from alimnaru.rules.resident_link import Signer
from alimnaru.rules.roster import Roster, RosterRefused
from alimnaru.rules.template import parse_template
from alimnaru.rules.template_reader import TemplateUnreadable
from alimnaru.rules.template_review import ReviewTerms, review
from alimnaru.rules.variables import Kind, Variable, variable_from_json
from alimnaru.sources.upload import open_list
from alimnaru.sources.upload_csv import open_text
from alimnaru.sources.upload_guard import FileKind, look
from alimnaru.sources.upload_xls import XlsLook
from alimnaru.sources.upload_xlsx import XlsxLook
from tests.fuzz.office_files import OFFICE_PARSERS
from tests.fuzz.target import NOW, TESTS, TODAY, Parser, Read, as_file, json_of, text_of, words
from tests.rules.test_roster import SPEC


def _fixtures(kind: str) -> Callable[[], Iterator[bytes]]:
    def of() -> Iterator[bytes]:
        for path in sorted((TESTS / "carriers" / kind / "fixtures").glob("*.json")):
            yield path.read_bytes()

    return of


# --- lists ----------------------------------------------------------------------------------


def _read_text(path: Path) -> None:
    if look(path) is FileKind.TEXT:
        rows = list(open_text(path).rows())
        with suppress(RosterRefused):
            list(Roster(SPEC).read(rows))
        with suppress(OptOutsRefused):
            read_opt_outs(rows)


def read_csv(raw: bytes) -> None:
    """A list as text, to the last judged row."""
    as_file(raw, ".csv", _read_text)


def _read_book(path: Path) -> None:
    kind = look(path)
    if kind is FileKind.TEXT:
        return
    looks = XlsxLook(path) if kind is FileKind.XLSX else XlsLook(path)
    for at in range(min(3, len(looks.sheets))):
        looks.has_values(at)
        looks.look(at)


def _read_whole(path: Path) -> None:
    for number, _row in enumerate(open_list(path).rows()):
        if number > 1_000:
            break


def read_book(raw: bytes) -> None:
    """A workbook all the way, its values by the process that native code has to itself."""
    old = raw.startswith(b"\xd0\xcf\x11\xe0")
    as_file(raw if old else _book(raw), ".xls" if old else ".xlsx", _read_whole)


def read_xls(raw: bytes) -> None:
    """An old workbook, as far as our own code reads it."""
    as_file(raw, ".xls", _read_book)


def read_xlsx(raw: bytes) -> None:
    """A workbook whose parts are as the input has it: a torn zip gets no further than its end."""
    as_file(_book(raw), ".xlsx", _read_book)


def _book(raw: bytes) -> bytes:
    parts = (raw.split(b"\x00\x01") + [b""] * 4)[:4]
    names = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml")
    sound = dict(_parts())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as book:
        for name, part in zip(names, parts, strict=True):
            sound[name] = part or sound.get(name, b"")
        for name, part in sound.items():
            book.writestr(name, part)
    return buffer.getvalue()


def _parts() -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(TESTS.parent / "examples" / "loans.xlsx") as book:
        for name in book.namelist():
            part = book.read(name)
            # A sheet of thousands of rows would be all that the fuzzer does.
            yield name, part[:0] if len(part) > 60_000 else part


_SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1" hidden="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
    b'<row r="2"><c r="B2"><v>1012345678</v></c><c r="C2" t="e"><f>A1</f><v>#REF!</v></c></row>'
    b"</sheetData></worksheet>"
)


def _sheets() -> list[bytes]:
    return [_SHEET, _SHEET + b"\x00\x01<workbook/>"]


def _csvs() -> list[bytes]:
    text = "연번,회원번호,이용자명,휴대폰,도서관,대표도서,대출권수,반납예정일\n"
    row = "1,N1,김나루,010-1234-5678,물빛도서관,물길을 따라,3,2026-11-25\n"
    opt_outs = "전화번호,알림\n010-1234-5678,lib.due.soon\n"
    return [
        (text + row).encode(),
        (text + row).encode("cp949"),
        b"\xef\xbb\xbf" + (text + row).replace(",", "\t").encode(),
        opt_outs.encode(),
        (text + row).encode("utf-16"),
        b'a,"b\nc",d\n',
    ]


def _old_books() -> list[bytes]:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("명단")
    for number, value in enumerate(("휴대폰", "010-1234-5678", 3, True)):
        sheet.write(number, 0, value)
    buffer = io.BytesIO()
    book.save(buffer)
    return [buffer.getvalue()]


# --- carriers -------------------------------------------------------------------------------


def _receipts(module: ModuleType, kind: str) -> Read:
    settings = {"callback_secret": "secret", "api_key": "a", "secret": "b", "access_key": "c"}

    def read(raw: bytes) -> None:
        """As `flow.receive` reads it: unreadable bodies are a ValueError or nested too deep."""
        with suppress(ValueError, RecursionError):
            module.read_receipts(raw)
        with suppress(NotGenuine):
            KINDS[kind].answer(settings, {"x-secret": "secret"}, raw, NOW)

    return read


# --- values and texts -----------------------------------------------------------------------


def read_values(raw: bytes) -> None:
    """A cell as every kind of value."""
    text = text_of(raw)
    for reader in (read_phone, read_office_number):
        reader(text)
    for of_day in (read_date, read_time, read_moment, read_range):
        of_day(text, TODAY)
    purpose_of(text[:8], text)
    from alimnaru.rules.variables import format_value

    for kind in Kind:
        if kind is not Kind.ENUM_SHORT:
            format_value(Variable("값", kind, values=("가", "나")), text, today=TODAY)


def read_templates(raw: bytes) -> None:
    """A draft that a manager's file holds: read, then reviewed."""
    data = json_of(raw)
    if not isinstance(data, dict):
        return
    with suppress(TemplateUnreadable):
        template = parse_template(data)
        terms = ReviewTerms(hosts=frozenset({"example.go.kr"}))
        review(DraftWording(template, sms=str(data.get("sms", ""))[:200]), terms)


def read_specs(raw: bytes) -> None:
    """JSON that a rule, a policy or a variable is made of."""
    data = json_of(raw)
    if not isinstance(data, dict):
        return
    for read in (
        condition_from_json,
        variable_from_json,
        lambda given: specs_from_json(given, [Variable("책", Kind.TITLE)]),
        lambda given: problems(from_json(given)),
    ):
        with suppress(ValueError):
            read(data)


_SIGNER = Signer(b"k" * 32)
_RECOGNISER = Recogniser(
    [
        Candidate(
            1,
            ("[#{도서관}] #{성명}님, 빌리신 책의 반납예정일은 #{기한}입니다.",),
            (
                Variable("도서관", Kind.TEXT),
                Variable("성명", Kind.PERSON),
                Variable("기한", Kind.DATE_LONG),
            ),
        )
    ],
    TODAY,
)


def read_tokens(raw: bytes) -> None:
    """What stands in addresses and headers: links, codes, keys, forwarded callers, webhooks."""
    text = text_of(raw)
    _SIGNER.message_of_link(text)
    _SIGNER.message_of_code(text)
    parse_key(text)
    caller("10.0.0.1", text, read_proxies(["10.0.0.0/8"]))
    webhook_urls.read_url(text, hook_hosts.read_inside([]))
    _RECOGNISER.recognise(text)
    headers = {"webhook-id": text[:20], "webhook-timestamp": "1", "webhook-signature": text}
    with suppress(BadSignature):
        verify("whsec_" + "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", headers, raw)


PARSERS: dict[str, Parser] = {
    "csv": Parser(read_csv, _csvs),
    "xls": Parser(read_xls, _old_books, longest=16_384),
    "xlsx": Parser(read_xlsx, _sheets, longest=8_192),
    "book": Parser(read_book, lambda: [*_old_books(), *_sheets()], longest=16_384),
    "solapi": Parser(_receipts(solapi, "solapi"), _fixtures("solapi"), is_json=True),
    "nhn": Parser(_receipts(nhn, "nhn"), _fixtures("nhn"), is_json=True),
    "bizgo": Parser(_receipts(bizgo, "bizgo"), _fixtures("bizgo"), is_json=True),
    "sens": Parser(_receipts(sens, "sens"), _fixtures("sens"), is_json=True),
    "values": Parser(
        read_values, words("010-1234-5678", "2026. 11. 25.(수) 14:30", "11/3~11/5", "1,234원"), 256
    ),
    "templates": Parser(
        read_templates,
        words(
            '{"message_type":"BA","emphasis":"NONE","body":"#{성명}님","buttons":'
            '[{"type":"WL","name":"보기","link_mobile":"https://example.go.kr/#{번호}"}]}',
            '{"message_type":"EX","emphasis":"ITEM_LIST","body":"가","items":[{"title":"일시",'
            '"description":"#{일시}"}],"extra":"나"}',
        ),
        is_json=True,
    ),
    "specs": Parser(
        read_specs,
        words(
            '{"field":"상태","op":"equals","value":"대출"}',
            '{"name":"기한","kind":"date_long","columns":["반납예정일"],"max":3}',
            '{"undo_seconds":60,"slice_share":0.1}',
            '{"책":{"how":"first","limit":3}}',
        ),
        is_json=True,
    ),
    "tokens": Parser(
        read_tokens,
        lambda: [_SIGNER.link(12).encode(), _SIGNER.code(12).encode(), b"https://a.example/x?y"],
        512,
    ),
    **OFFICE_PARSERS,
}
