"""In which words a batch went, on whose word, and by which tries: one digest of all that its proof
says beside the messages themselves.

A proof renders what was sent from the wording that the batch names, and takes carriers' references
from its chunks. None of these rows changes once the batch is through; later tries come as rows of
their own, behind the last ones that the digest covers.
"""

from __future__ import annotations

#: A moment in microseconds, so that no session's time zone counts. One that no clock of ours has
#: told (infinity, the year 300,000) is nothing: computing must not end for what somebody wrote.
AT = (
    "CASE WHEN {0} > '1000-01-01Z' AND {0} < '9999-01-01Z'"
    " THEN (extract(epoch FROM {0}) * 1000000)::bigint END"
)


def _leaf(*fields: str) -> str:
    """SHA-256 of a row's fields."""
    return f"sha256(convert_to(jsonb_build_array({', '.join(fields)})::text, 'UTF8'))"


def _all(leaf: str, order: str) -> str:
    return f"sha256(coalesce(string_agg({leaf}, '' ORDER BY {order}), ''))"


_TRY = _leaf(
    "a.id", "a.message_id", "a.attempt_no", "a.chunk_id", "a.channel", "a.code", AT.format("a.at")
)
#: Over superseded tries `a`. Not in it: when the next one was made, and whether one arrived late.
TRIES = _all(_TRY, "a.id")

_CHUNKS = _all(
    _leaf(
        "k.id", "k.channel", "k.account_id", "k.token", AT.format("k.sent_at"), "k.sent_ids",
        "k.carrier_refs",
    ),
    "k.id",
)  # fmt: skip
_VOTES = _all(_leaf("o.member_id", AT.format("o.at"), "o.decision"), "o.id")


def course(*, tries: str) -> str:
    """A select of the digest for `c` (`batch_id`, `last_chunk`), from SQL for the digest of its
    tries."""
    parts = _leaf(
        "b.id", "b.notice_id", "b.department_id", "b.member_id", "b.corrects_id", "b.release_hash",
        AT.format("b.created_at"), AT.format("b.released_at"),
        "v.id", "v.template", "v.variables", "v.sms", "v.lms_subject", "v.lms", "p.sha256",
        f"(SELECT encode({_VOTES}, 'hex') FROM store_vote o"  # noqa: S608 - constants
        " WHERE o.batch_id = b.id AND o.hash = b.release_hash)",
        f"(SELECT encode({_CHUNKS}, 'hex') FROM store_chunk k"  # noqa: S608 - constants
        " WHERE k.batch_id = b.id AND k.id <= c.last_chunk)",
        f"encode({tries}, 'hex')",
    )  # fmt: skip
    return f"""
        SELECT {parts} FROM store_batch b
        JOIN store_templateversion v ON v.id = b.version_id
        LEFT JOIN store_picture p ON p.id = v.picture_id
        WHERE b.id = c.batch_id
    """  # noqa: S608 - constants


#: Of a batch that is being sealed: its tries are found by its messages.
SEALING = course(
    tries=f"(SELECT {TRIES} FROM store_message m JOIN store_attempt a ON a.message_id = m.id"  # noqa: S608
    " WHERE m.batch_id = b.id)"
)
#: How far it reaches.
LAST = """
    SELECT (SELECT coalesce(max(k.id), 0) FROM store_chunk k WHERE k.batch_id = c.batch_id),
           (SELECT coalesce(max(a.id), 0) FROM store_message m
            JOIN store_attempt a ON a.message_id = m.id WHERE m.batch_id = c.batch_id)
"""

_OF_ONE = course(
    tries=f"(SELECT {TRIES} FROM store_message m JOIN store_attempt a ON a.message_id = m.id"  # noqa: S608
    " WHERE m.batch_id = b.id AND a.id <= c.last_attempt)"
)
#: The same of one batch (%s).
ALTERED_ONE = f"""
    SELECT c.batch_id FROM store_content c LEFT JOIN LATERAL ({_OF_ONE}) AS n (course) ON true
    WHERE c.batch_id = %s AND c.course IS NOT NULL AND c.course IS DISTINCT FROM n.course
"""  # noqa: S608 - constants

#: The same of those whose content has a higher number than %s, each by its own messages.
ALTERED_SINCE = f"""
    SELECT c.batch_id, c.at FROM store_content c LEFT JOIN LATERAL ({_OF_ONE}) AS n (course) ON true
    WHERE c.id > %s AND c.course IS NOT NULL AND c.course IS DISTINCT FROM n.course ORDER BY 1
"""  # noqa: S608 - constants

#: Batches whose course is another by now. One pass over the tries, which have no index by batch.
ALTERED = f"""
    WITH tries AS MATERIALIZED (
        SELECT c.batch_id, {TRIES} AS digest FROM store_attempt a
        JOIN store_content c ON c.batch_id = a.batch_id AND a.id <= c.last_attempt
        GROUP BY c.batch_id
    )
    SELECT c.batch_id, c.at FROM store_content c
    LEFT JOIN tries t ON t.batch_id = c.batch_id
    LEFT JOIN LATERAL ({course(tries="coalesce(t.digest, sha256(''))")}) AS n (course) ON true
    WHERE c.course IS NOT NULL AND c.course IS DISTINCT FROM n.course ORDER BY 1
"""  # noqa: S608 - constants
