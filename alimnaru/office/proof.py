"""The proof file of one message: everything that is known of it, for an appeal or a court."""

from __future__ import annotations

from django.template.loader import render_to_string

from alimnaru.flow.proving import gathered
from alimnaru.office.disclosure import disclose
from alimnaru.office.pdf import FAMILY
from alimnaru.reads.one_message import Course
from alimnaru.reads.verifying import is_as_sealed
from alimnaru.rules.disclosure import Disclosed, Purpose
from alimnaru.rules.proof import Proof
from alimnaru.store import audit
from alimnaru.store.models import Member


def prove(course: Course, *, actor: Member, reason: Purpose) -> Proof:
    """Note that `actor` takes the message out in the clear, and why, then gather what there is.

    Raises `DisclosureRefused`; then nothing is noted or opened.
    """
    batch = course.batch
    disclose(
        actor=actor,
        subject=f"message:{course.message.pk}",
        department=batch.department,
        what=Disclosed.PROOF,
        reason=reason,
        facts={"batch": batch.pk},
        whose=bytes(course.message.to_hash),
    )
    return _gathered(course, f"{actor.name} ({actor.login})")


def prove_by_machine(course: Course, *, reason: Purpose) -> Proof:
    """The same at the server's own command line, where nobody is signed in: noted as an act of the
    system's, with the reason."""
    audit.record(
        actor=audit.own_member(),
        act=Disclosed.PROOF.value,
        subject=f"message:{course.message.pk}",
        department=course.batch.department,
        facts={"batch": course.batch.pk, "reason": reason.reason.value, "note": reason.note},
        whose=bytes(course.message.to_hash),
    )
    return _gathered(course, audit.own_member().name)


def _gathered(course: Course, made_by: str) -> Proof:
    altered = not is_as_sealed(course.message.pk, course.batch.pk)
    return gathered(course, made_by, altered=altered)


def paper(proof: Proof, effect: tuple[str, str]) -> str:
    """The proof as HTML for `office.pdf`. `effect`: label and meaning of its legal effect, in words
    (`wording.proof`)."""
    label, meaning = effect
    context = {"proof": proof, "family": FAMILY, "effect": {"label": label, "meaning": meaning}}
    return render_to_string("console/batches/proof.html", context)
