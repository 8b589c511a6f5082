"""What people do with wordings: draft, submit, withdraw, comment, wake, look.

Each act is checked and audited here. No transaction is open while a carrier is on the line: the
row that says what was asked for stands before the call, so that a cut leaves something to go on
from, and what the carrier answered is written after it.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from alimnaru.carriers.base import Carrier, CarrierError, PictureUse, Templates, Unsupported
from alimnaru.carriers.base import Picture as PictureFile
from alimnaru.carriers.review import Draft, Standing
from alimnaru.flow import reviews
from alimnaru.flow.wire import on_the_line
from alimnaru.rules.channel import Channel
from alimnaru.rules.draft import DraftWording
from alimnaru.rules.template import Emphasis, Template, parse_template, template_to_json
from alimnaru.rules.template_review import ReviewProblem, ReviewTerms, Severity, review
from alimnaru.rules.variables import variable_from_json, variable_to_json
from alimnaru.store import audit
from alimnaru.store.catalogue import load_office
from alimnaru.store.models import (
    CarrierAccount,
    Member,
    Notice,
    Picture,
    PictureAtCarrier,
    TemplateRegistration,
    TemplateVersion,
)

_S = TemplateRegistration.State

#: Carriers with codes of our choice take at most this many characters (NHN: letters, digits, - _).
CODE_LENGTH = 20
#: A picture that a carrier forgets sooner than this is given to it again (SENS: six days).
PICTURE_LASTS = timedelta(days=1)


class WordingStopped(Exception):  # noqa: N818
    """A wording has faults for which Kakao would refuse it; nothing went out."""

    def __init__(self, problems: Sequence[ReviewProblem]) -> None:
        super().__init__(", ".join(problem.code for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Submission:
    """What became of a wording at each account, and what a person should know about it."""

    registrations: list[TemplateRegistration] = field(default_factory=list)
    failures: list[tuple[CarrierAccount, CarrierError]] = field(default_factory=list)
    problems: list[ReviewProblem] = field(default_factory=list)


# ---- drafts --------------------------------------------------------------------------------------


def wording_of(version: TemplateVersion) -> DraftWording:
    """A stored version as rules read it."""
    return DraftWording(
        template=parse_template(version.template),
        variables=tuple(variable_from_json(item) for item in version.variables),
        sms=version.sms,
        lms_subject=version.lms_subject,
        lms=version.lms,
        category=version.category,
    )


def draft_version(
    *, actor: Member, notice: Notice, wording: DraftWording, picture: Picture | None = None
) -> TemplateVersion:
    """Make an edit the next version of a notice; what is approved goes on being sent.

    Without a `picture` the one of the version before stays. The newest version itself where
    nothing differs from it. Whether it may go to Kakao is asked
    when it is submitted.
    """
    with transaction.atomic():
        # Two people who draft at once must not both take the next number.
        Notice.objects.select_for_update().get(pk=notice.pk)
        newest = notice.versions.order_by("-number").first()
        version = TemplateVersion(
            notice=notice,
            number=newest.number + 1 if newest else 1,
            template=template_to_json(wording.template),
            variables=[variable_to_json(variable) for variable in wording.variables],
            sms=wording.sms,
            lms_subject=wording.lms_subject,
            lms=wording.lms,
            category=wording.category,
            picture=picture or (newest.picture if newest else None),
            drafted_by=actor,
        )
        same = newest is not None and newest.picture_id == version.picture_id
        if newest is not None and same and wording_of(newest) == wording:
            return newest
        version.sha256 = version.fingerprint()
        version.save()
        _note(actor, "template.draft", version)
    return version


def terms_for(version: TemplateVersion, accounts: Iterable[CarrierAccount]) -> ReviewTerms:
    """Under which terms a version is reviewed. Raises `OfficeError`."""
    fallback = version.notice.fallback
    return ReviewTerms(
        hosts=allowed_hosts(),
        new_profile=any(account.profile_is_new for account in accounts),
        has_picture=version.picture_id is not None,
        fallback=Channel(fallback) if fallback else None,
    )


def allowed_hosts() -> frozenset[str]:
    """Whither the links of a wording may lead: the office's own, and what the setting adds."""
    links = load_office(settings.OFFICE_FILE).links.values()
    addresses = [address for link in links for address in (link.mobile, link.pc)]
    ours = {str(urlsplit(address).hostname or "") for address in addresses}
    ours.add(str(urlsplit(settings.PUBLIC_URL).hostname or ""))
    return frozenset((ours | set(settings.LINK_HOSTS)) - {""})


def examine(version: TemplateVersion, accounts: Iterable[CarrierAccount]) -> list[ReviewProblem]:
    """What our own review finds, for these accounts. Raises `OfficeError`."""
    return review(wording_of(version), terms_for(version, accounts))


# ---- submitting ----------------------------------------------------------------------------------


def submit(
    *,
    actor: Member,
    version: TemplateVersion,
    accounts: Sequence[CarrierAccount],
    comment: str = "",
) -> Submission:
    """Register a wording with each account and ask for its review there.

    One carrier's refusal does not keep the others from it; it stands in `failures`. May be
    repeated: what was cut is taken up where it was. Raises `WordingStopped` or `OfficeError`.
    """
    problems = examine(version, accounts)
    if any(problem.severity is Severity.STOP for problem in problems):
        raise WordingStopped(problems)
    submission = Submission(problems=problems)
    for account in accounts:
        registration, is_new = _registration(actor, version, account)
        try:
            _submit_at(registration, comment, again=not is_new)
        except CarrierError as error:
            submission.failures.append((account, error))
        else:
            submission.registrations.append(registration)
    return submission


def _registration(
    actor: Member, version: TemplateVersion, account: CarrierAccount
) -> tuple[TemplateRegistration, bool]:
    with transaction.atomic():
        registration, is_new = TemplateRegistration.objects.get_or_create(
            version=version, account=account
        )
        _note(actor, "template.submit", version, account)
    return registration, is_new


def _submit_at(registration: TemplateRegistration, comment: str, *, again: bool) -> None:
    if registration.state in {_S.IN_REVIEW, _S.APPROVED}:
        return
    with on_the_line(registration.account, None) as carrier:
        if not registration.code or registration.state == _S.GONE:
            _register(registration, carrier, again=again)
        try:
            carrier.templates.request(registration.code, comment)
        except Unsupported:
            # Asked for at the carrier's own console: where it stands is all there is to learn.
            reviews.look_at(registration)
            return
    now = timezone.now()
    registration.state = _S.IN_REVIEW
    registration.submitted_at = registration.checked_at = now
    registration.save(update_fields=["state", "submitted_at", "checked_at"])


def _register(registration: TemplateRegistration, carrier: Carrier, *, again: bool) -> None:
    draft = _draft(registration, carrier)
    earlier = _earlier(registration)
    code = _found(carrier.templates, draft) if again else None
    code = code or _placed(carrier.templates, draft, earlier)
    with transaction.atomic():
        registration.code = code
        registration.state = _S.DRAFT
        registration.save(update_fields=["code", "state"])
        if earlier is not None and earlier.code == code:
            # Its text stands nowhere any more.
            TemplateRegistration.objects.filter(pk=earlier.pk).update(
                state=_S.GONE, decided_at=timezone.now()
            )


def _found(templates: Templates, draft: Draft) -> str | None:
    """The code of a wording whose registration was cut: the carrier may have it all the same.

    Asked for only then: at NHN the list costs two calls for each template.
    """
    for standing in _listed(templates):
        if standing.name == draft.name and standing.body == draft.template.body:
            return standing.code
    return None


def _placed(templates: Templates, draft: Draft, earlier: TemplateRegistration | None) -> str:
    """Bring a wording to the carrier; return its code."""
    try:
        if earlier is not None and (code := _revised(templates, earlier, draft)):
            return code
        return templates.register(draft)
    except Unsupported:
        # A person has entered it at the carrier's console, under a name of their own.
        for standing in _listed(templates):
            if standing.body == draft.template.body:
                return standing.code
        raise


def _listed(templates: Templates) -> list[Standing]:
    try:
        return list(templates.standings())
    except Unsupported:
        return []


def _earlier(registration: TemplateRegistration) -> TemplateRegistration | None:
    """An earlier wording at the account that nothing can be sent with: its place is taken.

    One that is approved is never edited, although NHN would keep sending it meanwhile: its code
    would change meaning under lists that are on their way, and their text would match no more.
    """
    same = TemplateRegistration.objects.filter(
        account=registration.account, version__notice=registration.version.notice
    ).exclude(pk=registration.pk)
    found = (
        same.filter(
            state__in=[_S.REJECTED, _S.DRAFT], version__number__lt=registration.version.number
        )
        .exclude(code="")
        .exclude(code__in=same.filter(state=_S.APPROVED).values("code"))
    )
    return found.order_by("-version__number").first()


def _revised(templates: Templates, earlier: TemplateRegistration, draft: Draft) -> str | None:
    try:
        return templates.revise(earlier.code, draft)
    except Unsupported:
        return None


def _draft(registration: TemplateRegistration, carrier: Carrier) -> Draft:
    version = registration.version
    code = f"AN{version.notice_id}V{version.number}"
    if registration.code:
        # Kakao keeps a code that was deleted, so one that is gone is not to be had again.
        code += f"R{secrets.token_hex(2).upper()}"
    return Draft(
        name=f"{version.notice.name} {version.number}판 ({version.notice.code})",
        code=code[:CODE_LENGTH],
        template=_with_picture(version, registration.account, carrier),
        profile=registration.account.profile,
        category=version.category,
    )


def _with_picture(version: TemplateVersion, account: CarrierAccount, carrier: Carrier) -> Template:
    """The template with the account's own address of its picture, given to it if it has none."""
    template = parse_template(version.template)
    picture = version.picture
    if picture is None or template.emphasis not in (Emphasis.IMAGE, Emphasis.ITEM_LIST):
        return template
    known = PictureAtCarrier.objects.filter(
        picture=picture, account=account, use=PictureUse.TEMPLATE
    ).first()
    if known is None or (known.until and known.until < timezone.now() + PICTURE_LASTS):
        file = PictureFile(picture.name, bytes(picture.content))
        uploaded = carrier.upload(file, PictureUse.TEMPLATE)
        known, _ = PictureAtCarrier.objects.update_or_create(
            picture=picture,
            account=account,
            use=PictureUse.TEMPLATE,
            defaults={"ref": uploaded.ref, "until": uploaded.until},
        )
    return replace(template, image_name=picture.name, image_url=known.ref)


# ---- under review --------------------------------------------------------------------------------


def withdraw(*, actor: Member, registration: TemplateRegistration) -> None:
    """Take the request for a review back. Raises `CarrierError`."""
    with on_the_line(registration.account, None) as carrier:
        carrier.templates.withdraw(registration.code)
    with transaction.atomic():
        registration.state = _S.DRAFT
        registration.submitted_at = None
        registration.checked_at = timezone.now()
        registration.save(update_fields=["state", "submitted_at", "checked_at"])
        _note(actor, "template.withdraw", registration.version, registration.account)


def comment(*, actor: Member, registration: TemplateRegistration, text: str) -> None:
    """Write to the reviewers; some carriers then review again. Raises `CarrierError`."""
    with on_the_line(registration.account, None) as carrier:
        carrier.templates.comment(registration.code, text)
    now = timezone.now()
    with transaction.atomic():
        row = TemplateRegistration.objects.select_for_update().get(pk=registration.pk)
        row.comments = [*row.comments, _ours(text, now)]
        row.save(update_fields=["comments"])
        _note(actor, "template.comment", registration.version, registration.account)
    reviews.look_at(registration)


def _ours(text: str, at: datetime) -> dict[str, object]:
    return {"text": text, "at": at.isoformat(), "ours": True}


def wake(*, actor: Member, registration: TemplateRegistration) -> None:
    """Release a dormant template and see where it stands then. Raises `CarrierError`."""
    with on_the_line(registration.account, None) as carrier:
        carrier.templates.wake(registration.code)
    with transaction.atomic():
        _note(actor, "template.wake", registration.version, registration.account)
    reviews.look_at(registration)


def refresh(*, actor: Member, registration: TemplateRegistration) -> None:
    """Ask the carrier now where a wording stands. Raises `CarrierError`."""
    reviews.look_at(registration)
    with transaction.atomic():
        _note(actor, "template.refresh", registration.version, registration.account)


def _note(
    actor: Member, act: str, version: TemplateVersion, account: CarrierAccount | None = None
) -> None:
    facts: dict[str, object] = {"notice": version.notice.code, "version": version.number}
    if account is not None:
        facts["account"] = account.name
    audit.record(
        actor=actor,
        act=act,
        subject=f"template:{version.pk}",
        department=version.notice.department,
        facts=facts,
    )
