"""Which column is which is guessed from what carriers call them; nobody in a file is shown."""

from __future__ import annotations

import pytest

from alimnaru.rules.statement import HEADER_WITHIN, PRESETS, Columns
from alimnaru.rules.statement_columns import Guess, guess, hidden

KNOWN = PRESETS["solapi"]
TITLES = ["수신번호", "메시지 ID", "유형", "결과_일시", "요금(원)", "단가", "상태"]


def read(*rows: list[object], known: Columns = KNOWN) -> Guess:
    return guess(rows, known)


def test_the_account_s_own_titles_come_first() -> None:
    found = read(["type", "price", "messageId", "dateCompleted", "statusCode", "단가"])
    assert found.columns == KNOWN


def test_other_titles_are_known_by_their_words() -> None:
    found = read(["이용 내역"], [], list(TITLES), ["01012345678", "M1", "ATA", "", 8, 8.0, None])
    assert found.titles == tuple(TITLES)
    columns = found.columns
    assert (columns.ref, columns.channel) == (("메시지 ID",), "유형")
    assert (columns.day, columns.won, columns.result) == ("결과_일시", "단가", "상태")
    assert found.lines == (("***", "M1", "ATA", "", "8", "8", ""),)
    assert columns.channels == KNOWN.channels


def test_what_is_not_there_stays_open() -> None:
    found = read(["가", "나"], ["1"], known=PRESETS["nhn"])
    assert (found.columns.ref, found.columns.channel, found.columns.won) == ((), "", "")
    assert found.lines == (("1", ""),)
    assert guess([], KNOWN).titles == ()


def test_a_row_of_people_is_no_row_of_titles() -> None:
    """A file without titles: its first line would be kept in the clear and shown as such."""
    person: list[object] = ["M1", "ATA", "010-1234-5678", "김나루"]
    assert read(person, person) == Guess((), read().columns, ())
    assert read(["이용 내역", "문의 02-123-4567"], ["번호", "유형"]).titles == ("번호", "유형")


def test_titles_are_looked_for_where_lines_are_read_from() -> None:
    above: list[list[object]] = [["-"]] * HEADER_WITHIN
    header: list[object] = ["messageId", "type", "price"]
    assert read(*above[1:], header).titles == ("messageId", "type", "price")
    assert read(*above, header).titles == ("-",)


def test_two_columns_that_name_a_message_together_are_one() -> None:
    header: list[object] = ["requestId", "recipientSeq", "상품", "결과일시", "단가", "결과"]
    assert read(header, known=PRESETS["nhn"]).columns.ref == ("requestId", "recipientSeq")
    # Half of it names none.
    assert read([*header[:1], *header[2:]], known=PRESETS["nhn"]).columns.ref == ("requestId",)


def test_rows_longer_than_the_titles_are_cut() -> None:
    assert read(["messageId", "type"], ["M1", "ATA", "010-1234-5678"]).lines == (("M1", "ATA"),)


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("010-1234-5678", "***"),
        ("01012345678", "***"),
        ("1012345678", "***"),
        ("+82 10-1234-5678", "***"),
        ("02-123-4567", "***"),
        ("G4V20261128120000ABCDEF12", "G4V20261128120000ABCDEF12"),
        ("2026-11-28 12:00:00", "2026-11-28 12:00:00"),
        ("8.0", "8.0"),
        ("가" * 31, "가" * 30 + "…"),
    ],
)
def test_a_cell_is_shown_without_phones(cell: str, shown: str) -> None:
    assert hidden(cell) == shown


def test_columns_of_names_are_not_shown() -> None:
    found = read(["messageId", "type", "수신자명"], ["M1", "ATA", "김나루"])
    assert found.lines == (("M1", "ATA", "***"),)


def test_a_list_of_residents_that_was_taken_for_a_statement_names_nobody() -> None:
    found = read(
        ["반납예정 대출자 명단"], ["출력일: 2026. 11. 23."], ["연번", "이용자명", "휴대폰"],
        [1.0, "김나루", "010-1234-5678"],
    )  # fmt: skip
    # Nothing in it is called as in a statement: the row with most cells is taken for the titles.
    assert found.titles == ("연번", "이용자명", "휴대폰")
    assert found.lines == (("1", "***", "***"),)
    # Also where the titles are looked for too far up, or stand in no row at all.
    header = read(["type"], ["1", "이용자명"], ["1", "김나루"], ["3"])
    assert header.lines == (("1",), ("1",), ("3",))
    above = read(["messageId", "type"], ["번호", "성명"], ["1", "김나루"])
    assert above.lines == (("번호", "***"), ("1", "***"))
    assert read(["010-1234-5678", "김나루"]).titles == ()
