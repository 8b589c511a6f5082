"""The proof file of one message, as HTML for paper, and where legal effect comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from alimnaru.rules.proof import Proof, ProvedSeal, ProvedTry
from alimnaru.wording import label, why_not
from alimnaru.wording.states import Named

#: By `Notice.legal_effect`: what such a message is, and where legal effect would come from.
LEGAL_EFFECTS: Mapping[str, Named] = {
    "none": Named("안내", "편의를 위한 안내이며, 이 메시지로 법적 효력이 생기지 않습니다."),
    "notice": Named(
        "사전 안내",
        "법이 알리라고 한 것을 미리 알리는 안내입니다. 송달이 아니므로 처분의 효력과 기한은 따로 "
        "보낸 문서(우편 등)로 생깁니다.",
    ),
    "service": Named(
        "전자 송달",
        "받는 분이 동의한 때에만 전자문서로 송달할 수 있습니다(행정절차법 제14조 제3항, 전자정부법 "
        "제11조, 질서위반행위규제법 제17조, 민방위기본법 제24조 제1항). 알림톡은 문서가 왔음을 "
        "알리는 것이고, 도달의 증명은 공인전자문서중계자의 유통증명서로 합니다.",
    ),
}

_STYLE = """
@page { size: A4; margin: 18mm 17mm 20mm; @bottom-center { content: counter(page) " / "
  counter(pages); font: 9pt '{family}'; color: #4a515a } }
html { font: 9.8pt/1.55 '{family}', sans-serif; color: #16191d; word-break: keep-all }
body { margin: 0 }
h1 { font-size: 21pt; margin: 4mm 0 3mm; padding-bottom: 3mm; border-bottom: 1.6pt solid #0b3b82;
  color: #0b2f66 }
h2 { font-size: 13pt; margin: 7mm 0 2mm; color: #0b2f66; break-after: avoid }
dl { margin: 0 } dl div { display: flex; break-inside: avoid; border-bottom: .4pt solid #cfd5db;
  padding: .8mm 0 } dt { width: 34mm; color: #4a515a } dd { margin: 0; flex: 1 }
.text { border: .6pt solid #7d8894; padding: 3mm 4mm; margin: 1mm 0 3mm; white-space: pre-wrap }
.hex { overflow-wrap: anywhere; word-break: break-all; font-size: 8.4pt }
table { border-collapse: collapse; width: 100%; font-size: 8.8pt; border-top: 1pt solid #16191d }
th, td { text-align: left; padding: 1.2mm; border-bottom: .4pt solid #cfd5db; vertical-align: top;
  font-weight: 400 } thead th { background: #eaf0f7; font-weight: 700 }
.note { color: #33383f; margin: 1mm 0 }
"""


def html_of(proof: Proof, family: str) -> str:
    """The whole page; every text in it is escaped. `family`: the font's name."""
    return format_html(
        '<!doctype html><html lang="ko"><head><meta charset="utf-8"><title>{}</title>'
        "<style>{}</style></head><body><p>{}</p><h1>{}</h1>{}{}{}{}{}</body></html>",
        f"메시지 {proof.message}번 발송 증명",
        mark_safe(_STYLE.replace("{family}", family)),  # noqa: S308 - our own constant
        proof.office,
        "메시지 발송 증명",
        _facts(_head(proof)),
        _text(proof),
        _tries(proof),
        _chain(proof),
        _check(proof),
    )


def _head(proof: Proof) -> list[tuple[str, str]]:
    effect = LEGAL_EFFECTS[proof.legal_effect]
    gone = "보관 기간이 지나 지웠습니다"
    return [
        ("메시지", f"{proof.message}번 (발송 {proof.batch}번의 {proof.row}행)"),
        ("알림 업무", proof.notice),
        ("부서", proof.department),
        ("받는 분", gone if proof.erased else f"{proof.name or '–'} · {proof.phone or '–'}"),
        ("결과", label(proof.state)),
        ("만든 분", f"{proof.sender} · {_moment(proof.created_at)}"),
        ("승인", " / ".join(f"{who} · {_moment(at)}" for who, at in proof.approved) or "없음"),
        ("발송 시작", _moment(proof.released_at)),
        ("성격", f"{effect.label}: {effect.meaning}"),
        ("발급", f"{proof.made_by} · {_moment(proof.made_at)}"),
    ]


def _text(proof: Proof) -> SafeString:
    if not proof.texts:
        words = (
            "보관 기간이 지나 이름, 전화번호, 내용을 지웠습니다. 아래의 지문과 결과, 봉인만 남아 "
            "있습니다. 문서의 사본을 가진 분은 지문으로 같은 것인지 확인할 수 없습니다: 지문은 "
            "봉한 내용의 것이고, 그 열쇠도 함께 없앴습니다."
            if proof.erased
            else "내용을 열 수 없습니다."
        )
        return format_html('<h2>보낸 내용</h2><p class="note">{}</p>', words)
    said = ((label_of(channel), text) for channel, text in proof.texts)
    boxes = format_html_join("", '<h3>{}</h3><div class="text">{}</div>', said)
    return format_html("<h2>보낸 내용</h2>{}", boxes)


def label_of(channel: str) -> str:
    """A channel in words."""
    return label(channel)


def _tries(proof: Proof) -> SafeString:
    rows = format_html_join(
        "",
        '<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td class="hex">{}'
        "</td></tr>",
        (_row(one) for one in proof.tries),
    )
    return format_html(
        '<h2>보낸 과정</h2><table><thead><tr><th scope="col">방법</th><th scope="col">사업자</th>'
        '<th scope="col">넘긴 때</th><th scope="col">끝난 때</th><th scope="col">결과</th>'
        '<th scope="col">사업자의 번호</th></tr></thead><tbody>{}</tbody></table>',
        rows,
    )


def _row(one: ProvedTry) -> tuple[str, ...]:
    said = label(one.state)
    if one.code and one.state not in {"delivered", "pending"}:
        said = f"{said}: {why_not(one.state, one.code)}"
    result = f"{said} ({one.code})" if one.code else said
    handed, ended = _moment(one.handed_at), _moment(one.ended_at)
    return label(one.channel), one.account or "–", handed, ended, result, one.ref or "–"


def _chain(proof: Proof) -> SafeString:
    sealed = format_html_join("", "<h3>{}</h3>{}", ((_title(s), _seal(s)) for s in proof.seals))
    none = "아직 봉인하지 않았습니다. 봉인은 한 시간마다 합니다."
    own = _facts([("이 메시지의 지문", proof.content), ("공개 열쇠의 지문", proof.fingerprint)])
    return format_html("<h2>기록의 봉인</h2>{}{}", own, sealed or none)


def _title(seal: ProvedSeal) -> str:
    return f"{label(seal.kind)} 봉인 {seal.number}번"


def _seal(seal: ProvedSeal) -> SafeString:
    pairs = [
        ("봉인한 때", _moment(seal.made_at)),
        ("기록의 지문", seal.digest),
        ("사슬의 값", seal.chain),
        ("서명", seal.signature),
    ]
    return _facts(pairs)


def _check(proof: Proof) -> SafeString:
    del proof
    return format_html(
        '<h2>확인하는 방법</h2><p class="note">{}</p><p class="note">{}</p>',
        "발급한 기관의 서버에서 ‘alimnaru verify’를 실행하면 모든 봉인과 메시지를 처음부터 다시 "
        "셈해, 바뀌거나 지워진 것이 있으면 알려 줍니다.",
        "서명은 공개 열쇠(‘alimnaru seal key’)만으로 확인할 수 있고, 사슬의 값은 기관이 봉인할 "
        "때마다 밖에 남긴 줄과 같아야 합니다.",
    )


def _facts(pairs: Iterable[tuple[str, str]]) -> SafeString:
    rows = format_html_join("", '<div><dt>{}</dt><dd class="{}">{}</dd></div>', map(_pair, pairs))
    return format_html("<dl>{}</dl>", rows)


def _pair(pair: tuple[str, str]) -> tuple[str, str, str]:
    name, value = pair
    return name, "hex" if len(value) >= 64 and " " not in value else "", value


def _moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}" if at else "–"
