"""Which superseded try a message was told by after all: it is billed, and the later one is not."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0050_course")]

    operations = [
        migrations.AddField("Attempt", "credited_at", models.DateTimeField(null=True)),
    ]
