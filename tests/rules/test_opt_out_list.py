"""Lists from a telephone system: found by what stands in them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from alimnaru.rules.opt_out_list import MOST, OptOutFault, OptOutsRefused, read_opt_outs
from alimnaru.rules.refusals import Refusal

A, B = "010-1111-2222", "010-3333-4444"


def rows(*cells: Sequence[object]) -> list[tuple[int, Sequence[object]]]:
    return list(enumerate(cells, 1))


def phones(*cells: Sequence[object]) -> list[str]:
    return list(read_opt_outs(rows(*cells)).phones)  # type: ignore[arg-type]


def test_a_bare_column_of_phones() -> None:
    assert phones([A], [B]) == ["01011112222", "01033334444"]


def test_a_title_above_it_and_numbers_that_lost_their_zero() -> None:
    assert phones(["080 수신거부 내역"], [None], ["번호"], [1011112222], [1033334444.0]) == [
        "01011112222",
        "01033334444",
    ]


def test_the_column_is_known_by_what_stands_in_it() -> None:
    found = phones(["수신번호", "발신번호", "일시"], ["080-123-4567", A, "2026-11-25"])
    assert found == ["01011112222"]


def test_a_number_that_stands_twice_is_counted() -> None:
    found = read_opt_outs(rows([A], [A], [B]))  # type: ignore[arg-type]
    assert (len(found.phones), found.repeated) == (2, 1)
    assert "0101111" not in repr(found)


def test_what_is_no_mobile_number_is_told_by_its_row() -> None:
    found = read_opt_outs(rows(["번호"], ["02-555-0101"], [A], [], [""], ["합계"], ["010-12"]))  # type: ignore[arg-type]
    assert found.refused == [
        (2, Refusal.PHONE_LANDLINE),
        (6, Refusal.PHONE_NOT_A_NUMBER),
        (7, Refusal.PHONE_TOO_SHORT),
    ]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        pytest.param([], OptOutFault.NO_PHONES, id="nothing"),
        pytest.param([["이름"], ["김나루"]], OptOutFault.NO_PHONES, id="no phones"),
        pytest.param([[A, B], [B, A]], OptOutFault.TWO_PHONE_COLUMNS, id="two columns"),
    ],
)
def test_a_list_that_cannot_be_used(cells: list[list[object]], code: OptOutFault) -> None:
    with pytest.raises(OptOutsRefused) as refused:
        read_opt_outs(rows(*cells))  # type: ignore[arg-type]
    assert refused.value.code is code


def test_a_second_number_now_and_then_is_no_second_column() -> None:
    assert phones([A, ""], [B, B], ["010-5555-6666", ""]) == [
        "01011112222",
        "01033334444",
        "01055556666",
    ]


def test_a_list_beyond_the_limit_is_refused() -> None:
    with pytest.raises(OptOutsRefused) as refused:
        read_opt_outs((n, (10_1000_0000 + n,)) for n in range(1, MOST + 2))
    assert refused.value.code is OptOutFault.OPT_OUTS_TOO_MANY
