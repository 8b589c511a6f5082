"""Words about a list as a whole: what was noticed, and what was left out on purpose."""

from __future__ import annotations

from collections.abc import Mapping

from alimnaru.wording.language import Texts

#: Codes of `flow.rosters.notes_on`.
NOTES: Mapping[str, str] = Texts(
    {
        "hidden_rows": "숨긴 행 {count}개는 읽지 않았습니다. "
        "읽으려면 --include-hidden을 붙이십시오.",
        "hidden_columns": "숨긴 열이 {count}개 있습니다.",
        "sheets_left_out": "읽지 않은 시트가 있습니다: {sheets}. 읽으려면 --sheet로 고르십시오.",
    }
)
#: Codes of `rules.roster.Roster.left_out`.
LEFT_OUT: Mapping[str, str] = Texts(
    {
        "title": "제목 위의 행",
        "blank": "빈 행",
        "total": "합계 행",
        "header": "되풀이된 제목 줄",
        "note": "각주",
    }
)
FORMATS: Mapping[str, str] = Texts({"xlsx": "엑셀", "xls": "엑셀(구형)", "csv": "CSV"})
