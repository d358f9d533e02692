"""What happened to an attempt, in order, as sentences. Answers are not among them."""

from datetime import datetime

from django.utils.translation import gettext as _

from exams.attempts.models import Attempt, HandIn
from exams.attempts.watched import Decision


def lasting(seconds: int) -> str:
    """A stretch of time in words: whole minutes, or minutes and seconds."""
    minutes, rest = divmod(seconds, 60)
    words = {"minutes": minutes, "seconds": rest}
    return _("%(minutes)d minutes") % words if not rest else _("%(minutes)d min %(seconds)d s") % words


def ends_of(attempt: Attempt) -> list[HandIn]:
    """Every end the attempt ever had, also those that were undone."""
    undone = HandIn.objects.filter(undone_by__attempt=attempt) | HandIn.objects.filter(redone_by__attempt=attempt)
    standing = [attempt.hand_in] if hasattr(attempt, "hand_in") else []
    return [*undone, *standing]


def events_of(attempt: Attempt) -> list[tuple[datetime, str]]:
    """The story of an attempt for those who watch it: (when, what)."""
    told = [(attempt.started_at, _("Began"))]
    for device in attempt.devices.filter(epoch__gt=1).select_related("by"):
        told.append((device.at, _("Seat freed by %(by)s") % {"by": device.by.name} if device.by else _("Changed computer")))
    for grant in attempt.grants.filter(pause=None).select_related("by"):
        words = {"time": lasting(grant.minutes * 60 + grant.seconds), "by": grant.by.name, "reason": grant.reason}
        told.append((grant.at, _("%(time)s added by %(by)s: %(reason)s") % words))
    for stop in attempt.pauses.select_related("by", "resumed_by"):
        told.append((stop.at, _("Paused by %(by)s: %(reason)s") % {"by": stop.by.name, "reason": stop.reason}))
        if stop.resumed_at and stop.resumed_by:
            words = {"by": stop.resumed_by.name, "time": lasting(int((stop.resumed_at - stop.at).total_seconds()))}
            told.append((stop.resumed_at, _("Resumed by %(by)s after %(time)s") % words))
    for end in ends_of(attempt):
        told.append((end.at, f"{end.get_how_display()}（{end.receipt}）"))
    for asked in attempt.decisions.select_related("by", "second"):
        told += _decision(asked)
    for file in attempt.files.select_related("by"):
        told.append((file.at, _("Answer file taken in by %(by)s") % {"by": file.by.name}))
    for loss in attempt.focus_losses.all():
        away = {"times": loss.times, "seconds": loss.longest_ms // 1000}
        told.append((loss.at, _("Left the page %(times)d times, %(seconds)d seconds at the longest") % away))
    for incident in attempt.incidents.select_related("by"):
        told.append((incident.at, f"{incident.get_kind_display()} · {incident.by.name}：{incident.text}"))
    return sorted(told, key=lambda event: event[0])


def _decision(asked: Decision) -> list[tuple[datetime, str]]:
    words = {"what": asked.get_what_display(), "by": asked.by.name, "reason": asked.reason}
    told = [(asked.at, _("%(what)s: asked for by %(by)s, %(reason)s") % words)]
    if asked.second and asked.decided_at:
        words["second"] = asked.second.name
        told.append((asked.decided_at, (_("%(what)s: agreed to by %(second)s") if asked.agreed else _("%(what)s: refused by %(second)s")) % words))
    return told
