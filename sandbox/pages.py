"""The HTML of the phones pages. No scripts, no files from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from pathlib import Path
from urllib.parse import quote

from sandbox.screens import Bubble, Line, Place

STYLE = (Path(__file__).parent / "phones.css").read_text(encoding="utf-8")

# Korea keeps no summer time.
_KOREA = timezone(timedelta(hours=9))
_DAYS = "월화수목금토일"
_SNIPPET = 60


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(_KOREA)


def _clock(at: float) -> str:
    moment = _moment(at)
    half = "오전" if moment.hour < 12 else "오후"
    return f"{half} {(moment.hour - 1) % 12 + 1}:{moment.minute:02d}"


def _day(at: float) -> str:
    moment = _moment(at)
    return f"{moment.year}년 {moment.month}월 {moment.day}일 {_DAYS[moment.weekday()]}요일"


def _time(at: float, shown: str) -> str:
    return f'<time datetime="{_moment(at).isoformat(timespec="seconds")}">{shown}</time>'


def number_words(digits: str) -> str:
    """A number with hyphens as people write it."""
    if len(digits) == 8:
        return f"{digits[:4]}-{digits[4:]}"
    area = 2 if digits.startswith("02") else 3
    if not 9 <= len(digits) <= 12:
        return digits
    return f"{digits[:area]}-{digits[area:-4]}-{digits[-4:]}"


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="ko"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>"
        '<link rel="icon" href="data:,"><link rel="stylesheet" href="/phones/style.css">'
        f'</head><body><a class="skip" href="#main">본문 바로가기</a>{body}'
        "<footer><p>모의 발송 환경입니다. 실제 전화기로는 아무것도 보내지 않습니다.</p></footer>"
        "</body></html>"
    )


def list_page(
    lines: Sequence[Line], *, ending: str, older: Place | None, first: bool, total: int
) -> str:
    """The list of phones."""
    if lines:
        rows = "".join(map(_row, lines))
        content = f'<ul class="list">{rows}</ul>'
    elif ending:
        content = '<p class="empty">이 번호로 끝나는 전화기에는 보낸 메시지가 없습니다.</p>'
    else:
        content = '<p class="empty">아직 보낸 메시지가 없습니다. 발송하면 여기에 나타납니다.</p>'
    return _page(
        "주민 전화기",
        '<header class="top"><h1>주민 전화기</h1>'
        f"<p>접수한 메시지 {total:,}건. 가장 최근에 보낸 전화기부터 보여 드립니다.</p></header>"
        f'<main id="main"><search>{_search(ending)}</search>{content}'
        f"{_pager(ending, older, first=first)}</main>",
    )


def _search(ending: str) -> str:
    return (
        '<form class="search" action="/phones" method="get">'
        '<label for="ending">전화번호 끝자리</label>'
        f'<input id="ending" name="q" inputmode="numeric" pattern="[0-9\\-]*" maxlength="13" '
        f'value="{escape(ending)}" autocomplete="off">'
        '<button type="submit">찾기</button></form>'
    )


def _pager(ending: str, older: Place | None, *, first: bool) -> str:
    links = []
    query = f"&amp;q={quote(ending)}" if ending else ""
    if not first:
        links.append(f'<a href="/phones?{query.removeprefix("&amp;")}">처음으로</a>')
    if older is not None:
        links.append(
            f'<a href="/phones?before={older[0]}-{older[1]}{query}">이전 전화기 더 보기</a>'
        )
    return f'<nav class="pager" aria-label="쪽 이동">{"".join(links)}</nav>' if links else ""


def _row(line: Line) -> str:
    latest = line.latest
    snippet = " ".join(latest.text.split())
    snippet = snippet if len(snippet) <= _SNIPPET else snippet[:_SNIPPET] + "…"
    more = f'<span class="more">모두 {line.count}건</span>' if line.count > 1 else ""
    return (
        f'<li><a href="/phones/{escape(line.to)}">'
        f'<span class="who">{escape(number_words(line.to))}</span>{_badge(latest)}'
        f'<span class="when">{_time(latest.at, _clock(latest.at))}</span>'
        f'<span class="what">{escape(snippet)}</span>{more}</a></li>'
    )


def _badge(bubble: Bubble) -> str:
    state = "wait" if bubble.waiting else "ok" if bubble.arrived else "no"
    words = {"wait": "결과 대기", "ok": "도착", "no": "미도착"}[state]
    return f'<span class="badge {state}">{bubble.kind_name} {words}</span>'


def phone_page(to: str, bubbles: Sequence[Bubble], *, limit: int) -> str:
    """One phone as its owner sees it."""
    arrived = [bubble for bubble in bubbles if bubble.arrived]
    kakao = [bubble for bubble in arrived if bubble.kind == "ATA"]
    texts = [bubble for bubble in arrived if bubble.kind != "ATA"]
    hidden = [bubble for bubble in bubbles if not bubble.arrived]
    screens = _kakao_screens(kakao) + _text_screens(texts)
    if not screens:
        screens = '<p class="empty">이 전화기에 도착한 메시지가 없습니다.</p>'
    words = number_words(to)
    cut = f"<p>최근 {limit}건만 보여 드립니다.</p>" if len(bubbles) >= limit else ""
    return _page(
        f"{words} 전화기",
        '<header class="top"><nav aria-label="위치"><a href="/phones">주민 전화기 목록</a></nav>'
        f"<h1>{escape(words)}</h1>{cut}"
        f'<p><a class="again" href="/phones/{escape(to)}">새로 고침</a></p></header>'
        f'<main id="main"><div class="screens">{screens}</div>{_hidden(hidden)}</main>',
    )


def _by(bubbles: Iterable[Bubble], name: str) -> dict[str, list[Bubble]]:
    sorted_out: dict[str, list[Bubble]] = {}
    for bubble in bubbles:
        sorted_out.setdefault(getattr(bubble, name), []).append(bubble)
    return sorted_out


def _with_days(bubbles: Sequence[Bubble], render: Callable[[Bubble], str]) -> str:
    parts: list[str] = []
    day = ""
    for bubble in bubbles:
        if _day(bubble.at) != day:
            day = _day(bubble.at)
            parts.append(f'<p class="day">{day}</p>')
        parts.append(render(bubble))
    return "".join(parts)


def _kakao_screens(bubbles: Sequence[Bubble]) -> str:
    return "".join(
        f'<section class="phone kakao" aria-label="카카오톡 {escape(channel)}">'
        f'<h2 class="bar">{escape(channel)}</h2>'
        f'<div class="chat">{_with_days(talk, _kakao)}</div></section>'
        for channel, talk in _by(bubbles, "channel").items()
    )


def _kakao(bubble: Bubble) -> str:
    face = escape(bubble.channel[:2])
    return (
        f'<article class="talk"><span class="face" aria-hidden="true">{face}</span>'
        f'<div class="said"><p class="name">{escape(bubble.channel)}</p>'
        f'<div class="card"><p class="tag">알림톡 도착</p><div class="body">{_card(bubble)}</div>'
        f"{_buttons(bubble)}</div>"
        f'<p class="at">{_time(bubble.at, _clock(bubble.at))}</p></div></article>'
    )


def _picture(bubble: Bubble) -> str:
    return f'<p class="picture">사진: {escape(bubble.image)}</p>' if bubble.image else ""


def _card(bubble: Bubble) -> str:
    parts: list[str] = [_picture(bubble)]
    if bubble.header:
        parts.append(f'<p class="head">{escape(bubble.header)}</p>')
    if bubble.highlight:
        title, description = bubble.highlight
        parts.append(
            f'<p class="light"><strong>{escape(title)}</strong>'
            f"<span>{escape(description)}</span></p>"
        )
    rows = [*bubble.items, *([bubble.summary] if bubble.summary else [])]
    if rows:
        cells = "".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in rows
        )
        parts.append(f'<dl class="items">{cells}</dl>')
    if bubble.title:
        subtitle = f"<span>{escape(bubble.subtitle)}</span>" if bubble.subtitle else ""
        parts.append(f'<p class="emph">{subtitle}<strong>{escape(bubble.title)}</strong></p>')
    parts.append(f'<p class="text">{_lines(bubble.text)}</p>')
    if bubble.extra:
        parts.append(f'<p class="extra">{_lines(bubble.extra)}</p>')
    return "".join(parts)


def _buttons(bubble: Bubble) -> str:
    if not bubble.buttons:
        return ""
    names = "".join(f"<li>{_button(name, link)}</li>" for name, link in bubble.buttons)
    links = "".join(
        f"<li>{escape(name)}: <code>{escape(link)}</code></li>"
        for name, link in bubble.buttons
        if link
    )
    where = f"<details><summary>버튼 주소</summary><ul>{links}</ul></details>" if links else ""
    return f'<ul class="buttons" aria-label="버튼">{names}</ul>{where}'


def _button(name: str, link: str) -> str:
    """A button as it is tapped; an address that opens no web page is only shown."""
    if not re.match(r"https?://", link):
        return escape(name)
    return f'<a href="{escape(link)}" rel="noreferrer">{escape(name)}</a>'


def _text_screens(bubbles: Sequence[Bubble]) -> str:
    return "".join(
        f'<section class="phone sms" aria-label="문자 {escape(number_words(sender))}">'
        f'<h2 class="bar">{escape(number_words(sender))}</h2>'
        f'<div class="chat">{_with_days(talk, _sms)}</div></section>'
        for sender, talk in _by(bubbles, "sender").items()
    )


def _sms(bubble: Bubble) -> str:
    subject = f"<strong>{escape(bubble.subject)}</strong><br>" if bubble.subject else ""
    return (
        f'<article class="note">{_picture(bubble)}'
        f'<p class="text">{subject}{_lines(bubble.text)}</p>'
        f'<p class="at">{_time(bubble.at, _clock(bubble.at))} · {bubble.kind_name}</p></article>'
    )


def _hidden(bubbles: Sequence[Bubble]) -> str:
    if not bubbles:
        return ""
    rows = "".join(
        f"<li>{_badge(bubble)}<span>{_time(bubble.at, _clock(bubble.at))}</span>"
        f"<span>{escape(bubble.reason)} ({bubble.code})</span></li>"
        for bubble in bubbles
    )
    return (
        '<section class="hidden-ones" aria-labelledby="hidden-title">'
        f'<h2 id="hidden-title">이 전화기에 보이지 않는 메시지</h2><ul>{rows}</ul></section>'
    )
