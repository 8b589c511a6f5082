"""A copy beside the office in the same cluster is known by the number of its database."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0033_budget_warnings")]

    operations = [
        migrations.AddField("OfficeState", "database", models.BigIntegerField(null=True)),
    ]
