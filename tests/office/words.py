"""Wordings for the acts of the office."""

from __future__ import annotations

REASON = "※ 대출하신 분께 보내는 안내입니다."
BODY = f"[#{{도서관}}] 반납예정일 안내\n\n#{{성명}}님, 반납예정일은 #{{기한}}입니다.\n\n{REASON}"
BODY_2 = BODY.replace("반납예정일은", "돌려주실 날은")
BODY_3 = BODY.replace("반납예정일은", "반납하실 날은")
BUTTON = {"type": "WL", "name": "대출 연장하기", "link_mobile": "https://alim.naru.example/m"}
