"""Departments, the people who work in them, and what each may do."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Value


class Department(models.Model):
    """A node of the office's tree. Who may see a department sees everything below it."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=40)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    #: Codes from the root down to this node, `/gu/health/check/`: a subtree is one prefix.
    path = models.CharField(max_length=400, unique=True)
    phone = models.CharField(max_length=20, blank=True)
    #: Registered with the carriers beforehand (전기통신사업법 84조의2); empty takes the parent's.
    sender_number = models.CharField(max_length=12, blank=True)
    daily_cap_won = models.DecimalField(max_digits=12, decimal_places=0, null=True, blank=True)
    monthly_cap_won = models.DecimalField(max_digits=12, decimal_places=0, null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Role(models.TextChoices):
    """What a member may do in a department and below it."""

    VIEWER = "viewer"
    WRITER = "writer"
    APPROVER = "approver"
    DEPARTMENT_MANAGER = "department_manager"
    SYSTEM_MANAGER = "system_manager"
    AUDITOR = "auditor"
    PRIVACY_OFFICER = "privacy_officer"


class MemberManager(BaseUserManager["Member"]):
    """Makes members; the command line acts as a member of its own."""

    def get_by_natural_key(self, username: str | None) -> Member:
        return self.get(login=username)


class Member(AbstractBaseUser):
    """One person, one account. Programs that act have one too (`is_program`)."""

    login = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=40)
    is_active = models.BooleanField(default=True)
    is_program = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    #: Given by somebody else: the person chooses their own at the first sign-in.
    must_change_password = models.BooleanField(default=False, db_default=False)
    #: The member's own mobile for test messages, sealed (`store.crypto`, "member mobile"), and its
    #: keyed hash: staff numbers are told apart from residents' (`rules.audience`).
    mobile = models.BinaryField(null=True)
    mobile_hash = models.BinaryField(null=True)
    #: What the person chose for their screens: language and contrast.
    screen = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = MemberManager()

    def __str__(self) -> str:
        return self.login


class Membership(models.Model):
    """A role of a member in a department."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["member", "department", "role"], name="membership_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.role} {self.department_id}"
