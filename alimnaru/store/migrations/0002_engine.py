"""What Django cannot say: page fill, the block sequence, and an audit table that takes INSERT only."""

from django.db import migrations

FORWARD = """
-- Half-empty pages let the one settling update of each row stay on its page (HOT). A settled row is
-- some 20 bytes longer than a pending one: at 50 one row in twenty found no room, at 45 none.
ALTER TABLE store_message SET (fillfactor = 45);
-- A vacuum between a row's birth and its settling minutes later would clean nothing.
ALTER TABLE store_message SET (autovacuum_vacuum_insert_threshold = -1);
-- Chunk rows are small and updated often: claim, record, counters.
ALTER TABLE store_chunk SET (fillfactor = 50);
-- Sealed payloads do not compress; trying costs CPU.
ALTER TABLE store_message ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE store_receiptinbox ALTER COLUMN body SET STORAGE EXTERNAL;

-- Message ids come in blocks, so that intake knows them before it copies a row.
CREATE SEQUENCE store_message_block;

CREATE FUNCTION store_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit table takes INSERT only';
END $$;
CREATE TRIGGER audit_append_only
    BEFORE UPDATE OR DELETE ON store_auditentry
    FOR EACH ROW EXECUTE FUNCTION store_audit_is_append_only();
CREATE TRIGGER audit_no_truncate
    BEFORE TRUNCATE ON store_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION store_audit_is_append_only();
"""

BACKWARD = """
DROP TRIGGER audit_no_truncate ON store_auditentry;
DROP TRIGGER audit_append_only ON store_auditentry;
DROP FUNCTION store_audit_is_append_only();
DROP SEQUENCE store_message_block;
ALTER TABLE store_message RESET (fillfactor, autovacuum_vacuum_insert_threshold);
ALTER TABLE store_chunk RESET (fillfactor);
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
