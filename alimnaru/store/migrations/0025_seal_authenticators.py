"""Secrets of authenticators that were stored as they are."""

from __future__ import annotations

from typing import Any

from django.db import migrations

from alimnaru.store.models.authenticators import SEALED, sealed


def _seal(apps: Any, schema_editor: Any) -> None:
    devices = apps.get_model("otp_totp", "TOTPDevice").objects
    for device in devices.exclude(key__startswith=SEALED).iterator():
        devices.filter(pk=device.pk).update(key=sealed(device.key, device.user_id))


class Migration(migrations.Migration):
    dependencies = [("store", "0025_entrances"), ("otp_totp", "0003_add_timestamps")]

    # The way back would write secrets in the clear; the code before this one cannot read them,
    # and its people set up their authenticators anew (`alimnaru member second-factor`).
    operations = [migrations.RunPython(_seal, migrations.RunPython.noop, elidable=True)]
