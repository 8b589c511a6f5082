"""A wording from its first draft to the residents who read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from alimnaru.flow import wire
from alimnaru.flow.sweep import sweep
from alimnaru.flow.wordings import wording
from alimnaru.store.models import Batch, TemplateRegistration, TemplateVersion
from sandbox.process import Handle, start
from tests.cast import Cast, bring_results, make_cast, phone, ring, states, with_sandbox
from tests.ops.commands import Commands, write_list

REASON = "※ 대출하신 분께 보내는 안내입니다."
NOTICE = "lib.due.soon"


@pytest.fixture(scope="module")
def sandbox_process() -> Iterator[Handle]:
    running = start(arguments=["--report-delay-ms", "0"])
    yield running
    running.stop()


#: SENS has no way to register a wording: a person does it at its console.
@pytest.fixture(params=["solapi", "nhn", "bizgo"])
def cast(
    request: pytest.FixtureRequest, db: None, sandbox_process: Handle, settings: Settings
) -> Iterator[Cast]:
    wording.cache_clear()
    settings.REVIEW_SECONDS = 0  # every sweep asks
    cast = with_sandbox(make_cast(), sandbox_process, request.param)
    cast.control("PUT", "config", {"review_delay_ms": None})  # reviewers decide when told to
    yield cast
    wire.hang_up()


@pytest.fixture
def at_sens(db: None, sandbox_process: Handle) -> Iterator[Cast]:
    wording.cache_clear()
    yield with_sandbox(make_cast(), sandbox_process, "sens")
    wire.hang_up()


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


class Desk:
    """A clerk who edits, submits and sends, and the reviewers at the other end."""

    def __init__(self, cast: Cast, commands: Commands, folder: Path) -> None:
        self.cast = cast
        self.commands = commands
        self.folder = folder

    def edits(self, sentence: str) -> int:
        """Save another body as the next version; return its number."""
        body = f"[#{{도서관}}] 반납예정일 안내\n\n#{{성명}}님, {sentence}\n\n{REASON}"
        file = self.folder / "edit.toml"
        file.write_text(
            f"category = '006001'\n[template]\nbody = '''\n{body}\n'''\n"
            "[[template.buttons]]\ntype = 'WL'\nname = '대출 연장하기'\n"
            "link_mobile = 'https://alim.naru.example/library/loans'\n",
            encoding="utf-8",
        )
        said = self.commands.json("templates", "draft", NOTICE, "--file", file)
        assert said.code == 0, said
        return int(said.json["version"])

    def submits(self) -> TemplateRegistration:
        said = self.commands.json("templates", "submit", NOTICE)
        assert (said.code, said.json["failed"]) == (0, [])
        return TemplateRegistration.objects.get(version__number=said.json["version"])

    def decide(self, registration: TemplateRegistration, status: str, comment: str = "") -> None:
        """The reviewers decide; the watch hears of it by itself."""
        path = f"templates/{registration.code}/decide"
        self.cast.control("POST", path, {"status": status, "comment": comment})
        sweep()
        ring()

    def sends(self) -> Batch:
        """A list of one goes out."""
        number = phone()
        row = ("M1", "김나루", f"{number[:3]}-{number[3:7]}-{number[7:]}", "2026-11-25")
        path = write_list(self.folder / "list.csv", [row])
        said = self.commands.json("send", path, "-n", NOTICE, "--yes", "--waive-hours")
        assert said.code == 0, said
        return Batch.objects.get(pk=said.json["batch"])

    def reads(self) -> str:
        """What the resident who was told last has read."""
        texts = self.cast.control("GET", "accepted?text=1")
        return str(texts[-1]["text"])


@pytest.fixture
def desk(cast: Cast, commands: Commands, tmp_path: Path) -> Desk:
    return Desk(cast, commands, tmp_path)


def status(desk: Desk) -> str:
    return desk.commands.run("templates", "status", NOTICE).out


def test_a_wording_is_rejected_mended_and_approved(desk: Desk) -> None:
    commands = desk.commands
    # Our own review stops what Kakao's would.
    assert desk.edits("반납하시면 다음 대출에 쓸 할인 쿠폰을 드립니다. 기한은 #{기한}입니다.") == 2
    said = commands.run("templates", "submit", NOTICE)
    assert said.code == 2
    assert "쿠폰" in said.out
    assert "카카오에 내지 않았습니다" in said.out
    assert "낸 적 없음" in status(desk)
    # Mended, it is submitted; the old wording goes on meanwhile.
    assert desk.edits("돌려주실 날은 #{기한}입니다. 즐거운 책 축제에도 오세요.") == 3
    first = desk.submits()
    assert "검수 중" in status(desk)
    meanwhile = desk.sends()
    ring()
    assert "반납예정일은 2026. 11. 25.(수)입니다." in desk.reads()
    # Rejected with a comment, which the clerk reads.
    desk.decide(first, "rejected", "행사 안내가 섞여 있습니다.")
    said = commands.json("templates", "status", NOTICE)
    (mine,) = [t for t in said.json["templates"] if t["version"] == 3]
    assert (mine["state"], mine["sending"]) == ("rejected", False)
    assert [c["text"] for c in mine["comments"]] == ["행사 안내가 섞여 있습니다."]
    assert "검수자: 행사 안내가 섞여 있습니다." in status(desk)
    _is_mended(desk, meanwhile)


def _is_mended(desk: Desk, meanwhile: Batch) -> None:
    # The next version takes its place and is approved. A list that was taken in before goes as it
    # was made.
    assert desk.edits("돌려주실 날은 #{기한}입니다.") == 4
    said = desk.commands.run("templates", "diff", NOTICE)
    assert "- #{성명}님, 반납예정일은 #{기한}입니다." in said.out
    assert "+ #{성명}님, 돌려주실 날은 #{기한}입니다." in said.out
    second = desk.submits()
    late = desk.sends()
    desk.decide(second, "approved")  # rings for the list too
    assert "반납예정일은" in desk.reads()
    new = desk.sends()
    ring()
    assert "돌려주실 날은 2026. 11. 25.(수)입니다." in desk.reads()
    assert [b.version.number for b in (meanwhile, late, new)] == [1, 1, 4]
    for batch in (meanwhile, late, new):
        bring_results(batch)
        assert states(batch) == [("delivered", "alimtalk", "delivered")]
    assert "●4" in status(desk)


def test_where_a_carrier_registers_nothing_its_console_does(
    at_sens: Cast, commands: Commands, tmp_path: Path
) -> None:
    desk = Desk(at_sens, commands, tmp_path)
    desk.edits("돌려주실 날은 #{기한}입니다.")
    said = commands.json("templates", "submit", NOTICE)
    assert (said.code, said.json["failed"][0]["code"]) == (2, "carrier_lacks")
    # A person enters it there, and Kakao approves it.
    version = TemplateVersion.objects.get(number=2)
    spec = {"template_id": "BYHAND", "pf_id": "@sandbox", **version.template}
    at_sens.control("PUT", "templates", {"templates": [spec], "protocol": "sens"})
    said = commands.json("templates", "submit", NOTICE)
    assert said.json["submitted"] == [{"account": "sandbox", "code": "BYHAND", "state": "approved"}]
    desk.sends()
    ring()
    assert "돌려주실 날은" in desk.reads()
