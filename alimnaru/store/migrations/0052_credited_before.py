"""What was credited by earlier versions: known where the message's channel is not its chunk's.

A second try on the same channel cannot be told apart any more; in the month of the upgrade its
carrier's statement shows it as only ours.
"""

from __future__ import annotations

from django.db import migrations

FORWARD = """
    UPDATE store_attempt a SET credited_at = m.done_at
    FROM store_message m JOIN store_chunk c ON c.id = m.chunk_id
    WHERE a.message_id = m.id AND a.reached_at IS NOT NULL AND a.credited_at IS NULL
      AND a.channel = m.channel AND m.state = 'delivered' AND m.channel <> c.channel
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0037_certificates")]
    expands = "it fills a column of which the version before knows nothing"

    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
