"""Units, posts, people and who holds which post where from when. Effective-dated: `on(day)` answers for any day."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lms.people import identity
from lms.people.querysets import AppointmentQuerySet, PersonManager, UnitQuerySet
from lms.people.states import Rank, Role, Tier, UnitKind


class Unit(models.Model):
    """A node of the organisation tree as it stands now. Where it stood on another day: `UnitPlacement`.

    ``path`` is the chain of codes from the root, each closed by a slash (``3611/renshe/``); a subtree is a prefix of it.
    """

    code = models.SlugField(_("unit code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=80, blank=True)
    kind = models.CharField(_("kind"), max_length=12, choices=UnitKind)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children", verbose_name=_("belongs to"))
    path = models.CharField(max_length=200, unique=True, editable=False)
    order = models.PositiveIntegerField(_("order"), default=0)
    founded_on = models.DateField(_("founded on"))
    closed_on = models.DateField(_("closed on"), null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        ordering = ["path"]
        constraints = [models.CheckConstraint(condition=Q(closed_on__isnull=True) | Q(closed_on__gt=F("founded_on")), name="unit_dates_in_order")]

    def __str__(self) -> str:
        return self.name

    @property
    def depth(self) -> int:
        return self.path.count("/") - 1


class UnitPlacement(models.Model):
    """What a unit was called and where it stood from a day until the day before ``valid_to`` (the same day: replaced before it counted)."""

    append_only = ("valid_to",)

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="placements")
    name = models.CharField(max_length=60)
    path = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["unit", "valid_from"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="placement_dates_in_order"),
            models.UniqueConstraint(fields=["unit"], condition=Q(valid_to=None), name="placement_one_open"),
        ]


class Post(models.Model):
    """A kind of position. Its tier decides what its holder must learn; `exams.compliance` says which certificates it calls for."""

    code = models.SlugField(_("post code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=40)
    name_en = models.CharField(_("English name"), max_length=60)
    tier = models.CharField(_("training tier"), max_length=16, choices=Tier)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("post")
        ordering = ["order", "code"]

    def __str__(self) -> str:
        return self.name


class Person(AbstractBaseUser, PermissionsMixin):
    """One human being, also the account. Signs in with the staff number.

    The identity number is stored sealed for this row and looked up by keyed hash; it is read through `identity_number` by those
    whom `lms.people.actions.reveal_identity` lets, and shown masked everywhere else.
    ``home_unit`` is the unit of the main appointment last in force: a projection kept by `lms.people.actions`, by which rows are scoped.
    """

    staff_number = models.CharField(_("staff number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    identity_sealed = models.TextField(blank=True, editable=False)
    identity_digest = models.CharField(max_length=64, null=True, unique=True, editable=False)
    identity_tail = models.CharField(max_length=18, blank=True, editable=False, help_text="the masked form")
    rank = models.CharField(_("rank"), max_length=10, choices=Rank, default=Rank.SECTION)
    home_unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="people", verbose_name=_("unit"))
    joined_on = models.DateField(_("joined on"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    must_change_password = models.BooleanField(default=False)
    password_expires_at = models.DateTimeField(null=True, editable=False, help_text="a one-time password not used until then is void")
    language = models.CharField(max_length=10, blank=True, choices=settings.LANGUAGES)
    text_size = models.CharField(max_length=2, blank=True, choices=[("", _("Standard")), ("l", _("Large")), ("xl", _("Elder"))])
    theme = models.CharField(max_length=5, blank=True, choices=[("", _("Automatic")), ("light", _("Light")), ("dark", _("Dark"))])
    pinyin = models.CharField(max_length=60, blank=True, editable=False, help_text="initials of the name, for search")
    demo = models.BooleanField(default=False, editable=False)

    objects = PersonManager()
    USERNAME_FIELD = "staff_number"
    REQUIRED_FIELDS = ["name", "joined_on"]

    class Meta:
        verbose_name = _("person")
        ordering = ["staff_number"]
        constraints = [
            models.CheckConstraint(condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")), name="person_dates_in_order"),
            models.CheckConstraint(
                condition=Q(identity_digest__isnull=True, identity_sealed="") | (Q(identity_digest__isnull=False) & ~Q(identity_sealed="")),
                name="person_identity_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def email(self) -> str:
        """Wagtail asks for one; nobody here has one."""
        return ""

    def one_time_lapsed(self, at: datetime) -> bool:
        """Whether the one-time password handed out was not used in time and no longer signs in."""
        return self.must_change_password and self.password_expires_at is not None and self.password_expires_at <= at

    def set_identity_number(self, number: str) -> None:
        """Seal a number for this row (call before saving). Raises `identity.BadIdentityNumber`; '' clears it."""
        plain = identity.normal(number) if number else ""
        self.identity_sealed = identity.sealed(plain, settings.IDENTITY_KEY, self.staff_number) if plain else ""
        self.identity_digest = identity.digest(plain, settings.IDENTITY_KEY) if plain else None
        self.identity_tail = identity.masked(plain)

    def identity_number(self) -> str:
        """Open the sealed number. Callers show it only after `lms.people.actions.reveal_identity` or in an export that logs it."""
        return identity.opened(self.identity_sealed, settings.IDENTITY_KEY, self.staff_number) if self.identity_sealed else ""


class Appointment(models.Model):
    """One person holds one post in one unit from a day until the day before ``valid_to``. Acting 代理 always has an end.

    Dates are set once; ending is the one change (`valid_to`), and a mistake is ended on its first day (`voided`).
    """

    append_only = ("valid_to", "end_reason", "voided")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appointments")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    main = models.BooleanField(_("main post"), default=True)
    acting = models.BooleanField(_("acting"), default=False)
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until (exclusive)"), null=True, blank=True)
    end_reason = models.CharField(max_length=100, blank=True)
    voided = models.BooleanField(default=False)
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        ordering = ["valid_from", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")) | Q(voided=True), name="appointment_dates_in_order"
            ),
            models.CheckConstraint(condition=Q(acting=False) | Q(valid_to__isnull=False), name="appointment_acting_ends"),
            models.UniqueConstraint(fields=["person"], condition=Q(main=True, valid_to=None), name="appointment_one_open_main"),
            models.UniqueConstraint(fields=["person", "unit", "post"], condition=Q(valid_to=None), name="appointment_not_twice"),
        ]
        indexes = [models.Index(fields=["unit", "post", "valid_from"], name="appointment_who_holds_it")]

    def in_force(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class RoleGrant(models.Model):
    """A role a person holds for a unit's subtree, from a day until the day before ``valid_to``."""

    append_only = ("valid_to",)

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(_("role"), max_length=12, choices=Role)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("for unit and below"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("until (exclusive)"), null=True, blank=True)

    class Meta:
        verbose_name = _("role")
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="grant_dates_in_order"),
            models.UniqueConstraint(fields=["person", "role", "unit"], condition=Q(valid_to=None), name="grant_not_twice"),
        ]
