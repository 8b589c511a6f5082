"""Which database this is, and what a carrier has of which a restored copy knows nothing."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: The database in which the tables are made is the office.
_OURS = """
    INSERT INTO store_officestate
        (id, system, timeline, seen_at, pause, why, found)
    SELECT 1, (SELECT system_identifier::text FROM pg_control_system()),
           ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int,
           now(), '', '', '[]'
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0023_privacy")]

    operations = [
        migrations.CreateModel(
            name="OfficeState",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("system", models.CharField(max_length=20)),
                ("timeline", models.PositiveIntegerField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("paused_at", models.DateTimeField(null=True)),
                ("pause", models.CharField(blank=True, default="", max_length=6)),
                ("why", models.CharField(blank=True, default="", max_length=200)),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("known_until", models.DateTimeField(null=True)),
                ("reconciled_at", models.DateTimeField(null=True)),
                ("found", models.JSONField(default=list)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="officestate_one_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Recalled",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message_id", models.BigIntegerField()),
                ("attempt_no", models.SmallIntegerField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="store.carrieraccount",
                    ),
                ),
                ("token", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("message_id", "attempt_no", "token"), name="recalled_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(_OURS, migrations.RunSQL.noop),
    ]
