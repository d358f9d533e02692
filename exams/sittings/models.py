"""An exam held: when, who sits, who watches."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exams.papers.models import Blueprint, PaperSet
from exams.sittings.querysets import SittingQuerySet
from exams.sittings.seating import numbers_in
from exams.sittings.states import Counting, Navigation, Overdue, Review, State, state_at
from exams.sittings.terms import Terms


class Sitting(models.Model):
    """A window in which a paper is sat: opens ≤ start < closes; an attempt ends after ``duration`` minutes or at ``closes_at``.

    ``duration`` 0 is no limit within the window, ``attempts_allowed`` 0 as many as one likes; exceptions of people and groups are
    `Accommodation` rows (`docs/algorithms/terms.md`). ``grace_minutes`` counts with ``overdue`` "grace" alone, ``wait_minutes`` runs between
    two attempts of a person. A ``practice`` is marked for the candidate alone: nothing of it reaches anybody else.
    ``pass_percent`` is frozen from policy when the sitting is made, with the policy row it came from. ``knowledge_percent`` and
    ``operation_percent`` are minima in the two dimensions, 0 for none. ``certificate_type`` is what a pass earns, if anything.
    """

    title = models.CharField(_("title"), max_length=80)
    blueprint = models.ForeignKey(
        "exams.Blueprint", null=True, blank=True, on_delete=models.PROTECT, related_name="sittings", verbose_name=_("blueprint")
    )
    paper_set = models.ForeignKey(
        "exams.PaperSet", null=True, blank=True, on_delete=models.PROTECT, related_name="sittings", verbose_name=_("fixed paper")
    )
    certificate_type = models.ForeignKey(
        "exams.CertificateType", null=True, blank=True, on_delete=models.PROTECT, related_name="sittings", verbose_name=_("certificate on a pass")
    )
    unit = models.ForeignKey("lms.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("held by"))
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    duration = models.PositiveSmallIntegerField(_("minutes"))
    attempts_allowed = models.PositiveSmallIntegerField(_("attempts allowed"), default=1)
    pass_percent = models.DecimalField(_("pass mark, percent"), max_digits=5, decimal_places=2)
    pass_policy = models.ForeignKey("lms.Policy", null=True, on_delete=models.PROTECT, related_name="+")
    knowledge_percent = models.PositiveSmallIntegerField(_("minimum in knowledge, percent"), default=0)
    operation_percent = models.PositiveSmallIntegerField(_("minimum in operation, percent"), default=0)
    review = models.CharField(_("candidates see"), max_length=14, choices=Review, default=Review.AFTER_RELEASE)
    auto_release = models.BooleanField(_("release as soon as marked"), default=False)
    place = models.CharField(_("place"), max_length=80, blank=True)
    practice = models.BooleanField(_("practice"), default=False)
    navigation = models.CharField(_("the paper is shown"), max_length=9, choices=Navigation, default=Navigation.FREE)
    overdue = models.CharField(_("what nobody hands in"), max_length=7, choices=Overdue, default=Overdue.SUBMIT)
    grace_minutes = models.PositiveSmallIntegerField(_("minutes of grace"), default=0)
    wait_minutes = models.PositiveIntegerField(_("minutes between two attempts"), default=0)
    counting = models.CharField(_("what counts of several attempts"), max_length=4, choices=Counting, default=Counting.BEST)
    networks = models.TextField(_("network ranges"), blank=True, default="")  # the doors: see `exams.sittings.doors`
    browser_keys = models.TextField(_("keys of Safe Exam Browser"), blank=True, default="")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=120, blank=True)

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sitting")
        ordering = ["-opens_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(blueprint=None) ^ Q(paper_set=None), name="sitting_blueprint_or_paper"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="sitting_opens_before_it_closes"),
            models.CheckConstraint(condition=Q(practice=False) | Q(certificate_type=None, auto_release=False), name="practice_leaves_nothing"),
            models.CheckConstraint(condition=~Q(overdue="grace") | Q(grace_minutes__gte=1), name="sitting_grace_has_minutes"),
            models.CheckConstraint(condition=Q(pass_percent__gte=0, pass_percent__lte=100), name="sitting_pass_mark_in_bounds"),
            models.CheckConstraint(condition=Q(knowledge_percent__lte=100, operation_percent__lte=100), name="sitting_minima_in_bounds"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def source(self) -> Blueprint | PaperSet:
        """Where its papers come from: a blueprint that draws one for each candidate, or a paper whose questions are settled."""
        found = self.paper_set or self.blueprint
        assert found is not None, "the database keeps one of the two"
        return found

    @property
    def terms(self) -> Terms:
        """What holds for whoever has no exception."""
        return Terms(opens=self.opens_at, closes=self.closes_at, minutes=self.duration, attempts=self.attempts_allowed)

    def done_with(self, now: datetime) -> bool:
        """Whether it was cancelled, or has closed by its own terms: nobody is admitted, seated or let in any more."""
        return self.cancelled_at is not None or self.closes_at <= now

    def state(self, now: datetime) -> State:
        """The state at a moment; needs a row of ``Sitting.objects.described()``."""
        marked = self.started and not self.unmarked  # type: ignore[attr-defined]
        return state_at(
            now, opens_at=self.opens_at, closes_at=self.closes_at, cancelled=self.cancelled_at is not None,
            released=self.was_released, marked=marked,  # type: ignore[attr-defined]
        )  # fmt: skip


class Candidate(models.Model):
    """A person admitted to a sitting, with the number 准考号 on the paper's edge."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="candidates")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="candidatures")
    number = models.CharField(_("candidate number"), max_length=20)

    class Meta:
        verbose_name = _("candidate")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "person"], name="candidate_once"),
            models.UniqueConstraint(fields=["sitting", "number"], name="candidate_number_once"),
        ]


class Place(models.Model):
    """A training centre or another building with rooms to sit exams in. What is no longer used stays, for the sittings held there."""

    unit = models.ForeignKey("lms.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("kept by"))
    name = models.CharField(_("name"), max_length=40)
    address = models.CharField(_("address"), max_length=80)
    in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("place")
        ordering = ["unit__path", "name"]
        constraints = [models.UniqueConstraint(fields=["unit", "name"], name="place_name_once")]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room with numbered seats, 1 to ``count``, row by row from the front where ``columns`` says how many stand in a row (0: no rows).

    ``blocked`` are seats nobody can sit on, as written: see `exams.sittings.seating.numbers_in`.
    """

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(_("name"), max_length=40)
    count = models.PositiveSmallIntegerField(_("seats"))
    columns = models.PositiveSmallIntegerField(_("seats in a row"), default=0)
    blocked = models.CharField(_("blocked seats"), max_length=200, blank=True)
    in_use = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("room")
        ordering = ["place__unit__path", "place__name", "name"]
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="room_name_once"),
            models.CheckConstraint(condition=Q(count__gte=1, count__lte=2000, columns__lte=F("count")), name="room_has_seats"),
        ]

    def __str__(self) -> str:
        return f"{self.place.name} {self.name}"

    @property
    def free(self) -> list[int]:
        """The seats people can sit on."""
        blocked = numbers_in(self.blocked)
        return [n for n in range(1, self.count + 1) if n not in blocked]


class RoomUse(models.Model):
    """A sitting takes this room. Two sittings whose windows overlap never take the same one: `exams.sittings.places`."""

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="rooms")
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="uses")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["sitting", "room"], name="room_once_a_sitting")]


class Seat(models.Model):
    """Where a candidate sits. ``at`` is when it was given: a ticket printed before shows another seat, or none."""

    candidate = models.OneToOneField(Candidate, on_delete=models.CASCADE, related_name="seat")
    use = models.ForeignKey(RoomUse, on_delete=models.CASCADE, related_name="seats")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("seat")
        ordering = ["use", "number"]
        constraints = [models.UniqueConstraint(fields=["use", "number"], name="seat_taken_once")]


class Ticket(models.Model):
    """An entry ticket 准考证: it opens one exam to one candidate. Only a keyed hash of its code is kept; a new one makes the old one void."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="tickets")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    void_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("entry ticket")
        constraints = [models.UniqueConstraint(fields=["candidate"], condition=Q(void_at__isnull=True), name="ticket_one_valid")]


class DoorNote(models.Model):
    """Somebody was turned away at the door of an exam: when, where, why. The rate limit counts these rows.

    ``sitting`` is unknown for a number nobody has; ``typed`` is a keyed hash of the number as typed, so that nothing else typed there is kept.
    """

    append_only = ("candidate",)

    class Step(models.TextChoices):
        TICKET = "ticket", _("Ticket page")
        START = "start", _("Start of the exam")
        PAPER = "paper", _("Paper")

    class Reason(models.TextChoices):
        UNKNOWN = "unknown", _("Nobody has this number")
        CODE = "code", _("Wrong code")
        VOID = "void", _("Old ticket: a newer one was issued")
        EARLY = "early", _("Too early")
        LATE = "late", _("The exam is over")
        CANCELLED = "cancelled", _("The sitting was cancelled")
        LEFT = "left", _("The account is closed")
        LOCKED = "locked", _("Too many tries")
        NETWORK = "network", _("Outside the network of the exam room")
        BROWSER = "browser", _("Not the browser of the exam")

    sitting = models.ForeignKey(Sitting, null=True, on_delete=models.PROTECT, related_name="door_notes")
    candidate = models.ForeignKey(Candidate, null=True, on_delete=models.SET_NULL, related_name="door_notes")
    step = models.CharField(max_length=8, choices=Step)
    reason = models.CharField(max_length=10, choices=Reason)
    detail = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=45, blank=True)
    typed = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["typed", "at"], name="door_tries_of_a_number"),
            models.Index(fields=["address", "at"], name="door_tries_of_an_address"),
            models.Index(fields=["sitting", "-at"], name="door_of_a_sitting"),
        ]
