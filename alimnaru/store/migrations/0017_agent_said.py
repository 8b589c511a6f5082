from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0013_residents_page")]

    operations = [
        migrations.AddField(
            model_name="agentrow", name="said", field=models.BinaryField(null=True)
        ),
    ]
