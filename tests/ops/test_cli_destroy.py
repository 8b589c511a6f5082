"""`alimnaru destroy`: what it tells of certificates, and the file it writes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from alimnaru.ops import cli_destroy
from alimnaru.ops.cli_faults import Refused
from alimnaru.reads.destroying import digest
from alimnaru.store.models import Department, Destruction


@pytest.mark.django_db(transaction=True)
def test_a_certificate_is_listed_shown_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Department.objects.create(code="lib", name="도서관", path="/lib/")
    one = Destruction.objects.create(
        basis="term_over",
        retention="RA",
        department=place,
        done_at=timezone.now() - timedelta(hours=1),
        messages=148,
    )
    one.digest = digest(one)
    one.save()
    assert cli_destroy.list_() == 0
    assert "148" in capsys.readouterr().out
    file = tmp_path / "certificate.xlsx"
    assert cli_destroy.show(one.pk, out=file) == 0
    assert one.digest in capsys.readouterr().out
    assert file.read_bytes()[:2] == b"PK"
    with pytest.raises(Refused):
        cli_destroy.show(one.pk + 1)
