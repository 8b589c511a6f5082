"""Who agreed to be served electronically: asked for a chunk or a list at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from alimnaru.store.ledger.base import rows
from alimnaru.store.ledger.courses import AT


def in_force(notice: int, hashes: Sequence[bytes], day: date) -> set[tuple[bytes, bytes]]:
    """(phone hash, person hash) of those who agreed for this notice, on this day. Index by phone
    and notice."""
    sql = """
        SELECT to_hash, person_hash FROM store_serviceconsent
        WHERE to_hash = ANY(%s::bytea[]) AND notice_id = %s AND withdrawn_at IS NULL
          AND starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)
    """
    return {(row[0], row[1]) for row in rows(sql, [list(set(hashes)), notice, day, day])}


def agreed_phones(batch: int, notice: int, day: date) -> list[tuple[int, bytes, list[bytes]]]:
    """The batch's messages whose phone somebody agreed with: id, payload, persons' hashes."""
    sql = """
        SELECT m.id, m.payload, array_agg(c.person_hash) FROM store_message m
        JOIN store_serviceconsent c ON c.to_hash = m.to_hash AND c.notice_id = %s
             AND c.withdrawn_at IS NULL AND c.starts_on <= %s
             AND (c.ends_on IS NULL OR c.ends_on >= %s)
        WHERE m.batch_id = %s GROUP BY m.id, m.payload
    """
    return [(row[0], row[1], row[2]) for row in rows(sql, [notice, day, day, batch])]


# What never changes of an agreement: not its seal, which a new root replaces, nor its end.
_LEAF = f"""
    sha256(convert_to(jsonb_build_array(
        r.id, encode(r.to_hash, 'hex'), encode(r.person_hash, 'hex'), r.notice_id, r.department_id,
        r.starts_on, r.ends_on, r.how, r.evidence, r.recorded_by_id,
        {AT.format("r.recorded_at")}
    )::text, 'UTF8'))
"""
_DIGEST = f"""
    SELECT encode(sha256(coalesce(string_agg({_LEAF}, '' ORDER BY r.id), '')), 'hex')
    FROM store_serviceconsent r WHERE r.id BETWEEN %s AND %s
"""  # noqa: S608 - constants


def digest_of(first: int, last: int) -> str:
    """SHA-256 over the agreements from `first` to `last`, for the audit, which is sealed."""
    found: str = rows(_DIGEST, [first, last])[0][0]
    return found


#: Agreements that are not as the audit has them: altered, removed, entered or ended past it, or in
#: force again after they were withdrawn. Acts since %s: what ended longer ago is rightly gone.
ALTERED = f"""
    WITH told AS MATERIALIZED (
        SELECT at, (facts->>'first')::bigint AS first, (facts->>'last')::bigint AS last,
               facts->>'digest' AS digest
        FROM store_auditentry WHERE act = 'consent.record' AND facts ? 'digest'
    ), ended AS MATERIALIZED (
        SELECT at, (facts->>'consent')::bigint AS consent FROM store_auditentry
        WHERE act IN ('consent.withdraw', 'resident.withdraw') AND facts ? 'consent'
    ), numbered AS (
        -- A version before this one told of none by its number: from the first that was.
        SELECT CASE WHEN EXISTS (
            SELECT FROM store_auditentry WHERE act = 'consent.record'
              AND facts->>'new' <> '0' AND NOT facts ? 'digest'
        ) THEN (SELECT min(first) FROM told) ELSE -9223372036854775808 END AS first
    )
    SELECT t.first, t.at FROM told t
    WHERE t.at >= %s AND t.digest IS DISTINCT FROM (
        {_DIGEST.replace("%s AND %s", "t.first AND t.last")}
    )
    -- Some may have ended years before they were recorded: gone since, with a certificate.
    AND NOT (
        (SELECT count(*) FROM store_serviceconsent r WHERE r.id BETWEEN t.first AND t.last)
            <= t.last - t.first
        AND EXISTS (SELECT FROM store_destruction d WHERE d.retention = 'PC' AND d.done_at >= t.at)
    )
    UNION
    SELECT r.id, r.recorded_at FROM store_serviceconsent r CROSS JOIN numbered n
    WHERE r.id >= n.first AND NOT EXISTS (SELECT FROM told t WHERE r.id BETWEEN t.first AND t.last)
    UNION
    -- Ended by nobody, or at another time than it was: what was served since counts or does not.
    SELECT r.id, r.recorded_at FROM store_serviceconsent r CROSS JOIN numbered n
    WHERE r.id >= n.first AND r.withdrawn_at IS NOT NULL AND NOT EXISTS (
        SELECT FROM ended e WHERE e.consent = r.id
          AND r.withdrawn_at BETWEEN e.at - interval '1 minute' AND e.at
    )
    UNION
    SELECT r.id, e.at FROM ended e JOIN store_serviceconsent r ON r.id = e.consent
    WHERE r.withdrawn_at IS NULL
    ORDER BY 1
"""  # noqa: S608 - constants
