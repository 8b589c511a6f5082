"""Held chunks still owe something: the sweep ends those whose batch has expired."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_engine")]
    operations = [
        migrations.RemoveIndex(model_name="chunk", name="chunk_open"),
        migrations.AddIndex(
            model_name="chunk",
            index=models.Index(
                fields=["state", "not_before"],
                name="chunk_open",
                condition=models.Q(("state", "settled"), _negated=True),
            ),
        ),
    ]
