"""`verify`, `seal` and `proof` as an auditor types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from alimnaru.store import audit, signing
from alimnaru.store.models import AccessEntry, AuditEntry, Message, Seal, Verification
from tests.cast import Cast, make_cast, phone
from tests.ops.commands import Commands


@pytest.fixture
def cast(db: None) -> Cast:
    made = make_cast()
    made.send(made.rows(phone("4321")))
    audit.record(actor=made.librarian, act="batch.stop", subject="batch:1")
    return made


@pytest.fixture
def commands(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


@pytest.mark.usefixtures("cast")
def test_what_was_altered_is_named_and_kept(commands: Commands, tmp_path: Path) -> None:
    line = commands.json("seal", "now").json["line"]
    assert commands.json("seal", "show").json == {"seal": Seal.objects.count(), "line": line}
    paper, key = tmp_path / "seals.txt", tmp_path / "key.pem"
    paper.write_text(line + "\n")
    key.write_text(commands.json("seal", "key").json["public_key"])
    assert signing.raw_key(key.read_bytes()) == signing.public_key()
    said = commands.json("verify", "--seals", paper, "--public-key", key)
    assert (said.code, said.json["wrong"], said.json["newest"]) == (0, 0, Seal.objects.count())
    row = AuditEntry.objects.order_by("pk")[0].pk
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE store_auditentry SET subject = 'x' WHERE id = %s", [row])
        cursor.execute("SET LOCAL session_replication_role = origin")
    said = commands.json("verify")
    assert said.code == 1
    assert [(f["code"], f["id"]) for f in said.json["findings"]] == [("row_altered", row)]
    assert "내용이 바뀌었습니다" in commands.run("verify").out
    kept = Verification.objects.order_by("pk").values_list("wrong", flat=True)
    assert list(kept) == [0, 1, 1]


@pytest.mark.usefixtures("cast")
@pytest.mark.parametrize(
    ("option", "code"), [("--seals", "seals_unreadable"), ("--public-key", "key_unreadable")]
)
def test_papers_that_nobody_can_read(
    option: str, code: str, commands: Commands, tmp_path: Path
) -> None:
    paper = tmp_path / "paper"
    paper.write_text("봉인")
    assert commands.json("verify", option, paper).error == code
    assert not Verification.objects.exists()


@pytest.mark.usefixtures("cast")
def test_a_proof_is_a_file_with_a_reason(commands: Commands, tmp_path: Path) -> None:
    message, file = Message.objects.get(), tmp_path / "proof.pdf"
    made = ("proof", message.pk, "--out", file, "--why")
    assert commands.json(*made, "짧").error == "reason_unusable"
    assert not file.exists()
    assert commands.json(*made, "이의신청 31호 답변").code == 0
    assert file.read_bytes()[:4] == b"%PDF"
    seen = AccessEntry.objects.get(act="take.file")
    assert (seen.subject, seen.clear) == (f"message:{message.pk}", True)
    missing = ("proof", message.pk + 1, "--out", file, "--why", "이의신청 31호 답변")
    assert commands.json(*missing).error == "message_unknown"
