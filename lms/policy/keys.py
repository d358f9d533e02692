"""The figures that rules use. A rule asks for a key on a day; the value, its source and its scope are data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Key(models.TextChoices):
    HOURS_PER_YEAR = "hours.year", _("Hours a year, section rank and below")
    HOURS_PER_FIVE_YEARS = "hours.five_years", _("Hours in five years, county-division rank and above")
    HOURS_ONLINE = "hours.online", _("Online hours a year")
    HOURS_TECHNICAL = "hours.technical", _("Hours a year, technical staff")
    HOURS_TECHNICAL_SHARE = "hours.technical_share", _("Share of professional subjects, technical staff")
    MINUTES_FULL_HOUR = "hours.minutes_full", _("Minutes of a lesson that count one hour")
    MINUTES_HALF_HOUR = "hours.minutes_half", _("Minutes of a lesson above which it counts half an hour")
    HOURS_SHORT_LESSON = "hours.short_lesson", _("Hours of a shorter lesson")
    LESSON_LEAST_SHARE = "hours.least_share", _("Share of a lesson's minutes that must pass before it can be finished")
    HOURS_TOPIC_TEST = "hours.topic_test", _("Hours for passing a topic test")
    PASS_MARK = "exam.pass_mark", _("Pass mark, percent of the full marks")
    LEVEL_EXCELLENT = "level.excellent", _("Operating level 优秀 from, percent")
    LEVEL_GOOD = "level.good", _("Operating level 良好 from, percent")
    LEVEL_PASS = "level.pass", _("Operating level 合格 from, percent")
    CERTIFICATE_MONTHS = "certificate.months", _("Months a certificate is valid")
    EXPIRY_WARNING_DAYS = "certificate.warning_days", _("Days before expiry at which a certificate counts as expiring")
    STAFF_MINIMUM = "staffing.minimum", _("Certified technicians a unit needs at least")
    STAFF_MAXIMUM = "staffing.maximum", _("Certified technicians a unit is asked to train at most")
    OBJECTION_DAYS = "assessment.objection_days", _("Days in which a person may object to the confirmed material")
    UPLOAD_GRACE = "exam.upload_grace", _("Minutes after the end in which an answer file counts by itself")
    UNDO_DAYS = "import.undo_days", _("Days in which an import can be undone")
