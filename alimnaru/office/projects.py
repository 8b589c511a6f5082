"""Budget lines (세부사업): entered, closed, and put to the notices that they pay for."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from alimnaru.flow.paying import payable
from alimnaru.flow.release import for_change
from alimnaru.rules.budget_lines import Line, ProjectFault
from alimnaru.store import audit
from alimnaru.store.models import Batch, Chunk, Department, Member, Notice, Project, Stage


class ProjectRefused(ValueError):  # noqa: N818
    """`code` says why."""

    def __init__(self, code: ProjectFault) -> None:
        super().__init__(code.value)
        self.code = code


def add_project(line: Line, *, actor: Member, department: Department) -> Project:
    """Enter a budget line. Raises `ProjectRefused`."""
    if (fault := line.fault()) is not None:
        raise ProjectRefused(fault)
    with transaction.atomic():
        # Two at once must not get one code.
        Department.objects.select_for_update().get(pk=department.pk)
        if Project.objects.filter(department=department, code=line.code).exists():
            raise ProjectRefused(ProjectFault.CODE_TAKEN)
        made = Project.objects.create(
            department=department,
            code=line.code,
            name=line.name.strip(),
            funding=line.funding,
            starts_on=line.starts_on,
            ends_on=line.ends_on,
            daily_cap_won=line.daily_cap_won,
            monthly_cap_won=line.monthly_cap_won,
        )
        caps = {"daily_cap_won": line.daily_cap_won, "monthly_cap_won": line.monthly_cap_won}
        _record(
            made,
            actor,
            "project.add",
            name=made.name,
            code=made.code,
            **{name: None if won is None else int(won) for name, won in caps.items()},
        )
    return made


def change_project(project: Project, line: Line, *, actor: Member) -> None:
    """Say anew what a line is called, where its money comes from, when and how much it may spend;
    its code stays. What waits for its money is looked at again within the minute
    (`flow.budget`). Raises `ProjectRefused`."""
    if (fault := line.fault()) is not None:
        raise ProjectRefused(fault)
    with transaction.atomic():
        fresh = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        if not fresh.is_active:
            raise ProjectRefused(ProjectFault.CLOSED)
        before = _facts(fresh)
        fresh.name, fresh.funding = line.name.strip(), line.funding
        fresh.starts_on, fresh.ends_on = line.starts_on, line.ends_on
        fresh.daily_cap_won, fresh.monthly_cap_won = line.daily_cap_won, line.monthly_cap_won
        fresh.save()
        after = _facts(fresh)
        changed = {n: [before[n], after[n]] for n in after if before[n] != after[n]}
        _record(fresh, actor, "project.change", code=fresh.code, **changed)


def _facts(project: Project) -> dict[str, str | int | None]:
    day, month = project.daily_cap_won, project.monthly_cap_won
    return {
        "name": project.name,
        "funding": str(project.funding),
        "start": project.starts_on.isoformat(),
        "end": project.ends_on.isoformat() if project.ends_on else None,
        "daily_cap_won": None if day is None else int(day),
        "monthly_cap_won": None if month is None else int(month),
    }


def close_project(project: Project, *, actor: Member) -> bool:
    """Let a line pay for nothing any more, nor for what was accepted and nobody has handed over
    yet; what it has paid stays, with batches of which something went. False: it was closed before.
    """
    with transaction.atomic():
        if not Project.objects.filter(pk=project.pk, is_active=True).update(is_active=False):
            return False
        went = Chunk.objects.filter(batch=OuterRef("pk")).exclude(sent_at=None, token="")
        Batch.objects.filter(~Exists(went), project=project).update(project=None)
        _record(project, actor, "project.close", name=project.name, code=project.code)
    return True


def assign_project(notice: Notice, project: Project | None, *, actor: Member) -> None:
    """Let a line of the notice's department, or of one above it, pay for what is sent from now on;
    None: no line does. Raises `ProjectRefused`."""
    with transaction.atomic():
        fresh = (
            Notice.objects.select_for_update(of=("self",))
            .select_related("department")
            .get(pk=notice.pk)
        )
        if project is not None:
            if not fresh.department.path.startswith(project.department.path):
                raise ProjectRefused(ProjectFault.NOT_THEIRS)
            if not Project.objects.filter(pk=project.pk, is_active=True).exists():
                raise ProjectRefused(ProjectFault.CLOSED)
        fresh.project = project
        fresh.save(update_fields=["project"])
        audit.record(
            actor=actor,
            act="notice.project",
            subject=f"notice:{fresh.pk}",
            department=fresh.department,
            facts={"notice": fresh.code, "code": project.code if project else ""},
        )


def payable_called(code: str, department: Department, on: date) -> Project:
    """The line of this code that may pay for what a department sends on a day: its own before one
    of a department above. Raises `ProjectRefused`."""
    found = payable(department, on).filter(code=code).first()
    if found is None:
        raise ProjectRefused(ProjectFault.UNKNOWN)
    return found


def choose_project(batch: Batch, project: Project | None, *, actor: Member) -> None:
    """Let another line pay for a batch that nobody has asked for yet; None: none does. Raises
    `ProjectRefused`."""
    with transaction.atomic():
        fresh = for_change(batch.pk)
        if fresh.stage not in {Stage.DRAFT, Stage.RETURNED}:
            raise ProjectRefused(ProjectFault.SENT)
        on = timezone.localdate(max(fresh.not_before, timezone.now()))
        if project is not None and not payable(fresh.department, on).filter(pk=project.pk).exists():
            raise ProjectRefused(ProjectFault.UNKNOWN)
        Batch.objects.filter(pk=fresh.pk).update(project=project)
        audit.record(
            actor=actor,
            act="batch.project",
            subject=f"batch:{fresh.pk}",
            department=fresh.department,
            facts={"notice": fresh.notice.code, "code": project.code if project else ""},
        )


def _record(project: Project, actor: Member, act: str, **facts: object) -> None:
    audit.record(
        actor=actor,
        act=act,
        subject=f"project:{project.pk}",
        department=project.department,
        facts=facts,
    )
