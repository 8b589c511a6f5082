"""What moves a message of a watched batch is noted beside it, whichever statement moves it."""

import django.utils.timezone
from django.db import migrations, models

FORWARD = """
-- One call a statement, whatever its size. PL/pgSQL keeps the plan of its first call, and that may
-- have moved a single message: a nested loop over 20,000 rows on both sides would take minutes.
CREATE FUNCTION store_message_moved() RETURNS trigger LANGUAGE plpgsql
SET enable_nestloop = off AS $$
DECLARE
    heard bigint[];
BEGIN
    IF NOT EXISTS (SELECT FROM store_webhook) THEN
        RETURN NULL;
    END IF;
    SELECT array_agg(id) INTO heard FROM store_batch
    WHERE watched AND id = ANY (ARRAY(SELECT DISTINCT batch_id FROM moved));
    IF heard IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO store_change (batch_id, message_id, type, was, channel, attempt_no, code, at)
    SELECT m.batch_id, m.id, 'message.' || m.state, o.state, m.channel, m.attempt_no,
           coalesce(m.code, ''), coalesce(m.done_at, now())
    FROM moved m JOIN stood o ON o.id = m.id
    WHERE m.batch_id = ANY (heard) AND m.state <> o.state AND m.state <> 'pending'
    ORDER BY m.id;
    RETURN NULL;
END $$;

-- Whoever makes a batch, and in whatever order its parts are written. A save of the whole row names
-- the key too, so that an older copy of the row does not undo it.
CREATE FUNCTION store_batch_watched() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.watched := EXISTS (
        SELECT FROM store_webhook w
        JOIN store_department wd ON wd.id = w.department_id
        JOIN store_department bd ON bd.id = NEW.department_id AND starts_with(bd.path, wd.path)
        WHERE NEW.api_key_id IS NOT NULL OR 'batch.finished' = ANY (w.events)
    );
    RETURN NEW;
END $$;
CREATE TRIGGER batch_watched
    BEFORE INSERT OR UPDATE OF api_key_id ON store_batch
    FOR EACH ROW EXECUTE FUNCTION store_batch_watched();
CREATE TRIGGER message_moved
    AFTER UPDATE ON store_message REFERENCING OLD TABLE AS stood NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION store_message_moved();
"""

BACKWARD = """
DROP TRIGGER batch_watched ON store_batch;
DROP FUNCTION store_batch_watched();
DROP TRIGGER message_moved ON store_message;
DROP FUNCTION store_message_moved();
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0011_dropped_facts")]
    operations = [
        migrations.RemoveField("webhook", "lease_until"),
        migrations.AddField(
            "change", "was", models.CharField(blank=True, default="", max_length=10),
            preserve_default=False,
        ),
        migrations.AddField("change", "attempt_no", models.SmallIntegerField(default=1)),
        migrations.AddConstraint(
            "change",
            models.UniqueConstraint(
                condition=models.Q(("message_id__isnull", True)),
                fields=("batch_id",),
                name="change_batch_once",
            ),
        ),
        migrations.AddField("delivery", "next_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "delivery", "give_up_at", models.DateTimeField(default=django.utils.timezone.now),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("next_at__isnull", False), ("state", "waiting")),
                fields=["webhook"],
                name="delivery_held",
            ),
        ),
        migrations.AddIndex(
            "delivery",
            models.Index(
                condition=models.Q(("state", "waiting"), _negated=True),
                fields=["state", "created_at"],
                name="delivery_over",
            ),
        ),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
