"""What a batch's proof says beside its messages is sealed with them."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0049_which_database")]

    operations = [
        migrations.AddField("Content", "course", models.BinaryField(null=True)),
        migrations.AddField("Content", "last_chunk", models.BigIntegerField(null=True)),
        migrations.AddField("Content", "last_attempt", models.BigIntegerField(null=True)),
    ]
