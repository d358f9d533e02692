"""The material as screens show it: headings in the reader's language, the record's own words beside them, and ways to the evidence."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from exams.assessment.gathering import PersonYear
from exams.assessment.material import gaps
from exams.assessment.states import Standing

LABELS = {
    "post": _("Unit and post"), "hours_total": _("Total hours"), "hours_technical": _("Professional subjects"), "hours_online": _("Online hours"),
    "hours_by_kind": _("Hours by kind"), "knowledge": _("Knowledge result"), "operation": _("Operation result"), "level": _("Operating level"),
    "certificates": _("Certificates held"), "requirements": _("Certificates called for"), "objections": _("Objections"),
}  # fmt: skip
VERDICTS = {
    "met": (_("Met"), "pass"), "short": (_("Falls short"), "late"), "open": (_("No conclusion yet"), "info"),
    "unknown": (_("Cannot be judged"), "due"),
}  # fmt: skip
TONES = {Standing.OPEN: "due", Standing.CONFIRMED: "pass", Standing.CHANGED: "late", Standing.RETURNED: "info"}
REASONS = {
    "own": _("This is your own material; somebody else has to confirm it."),
    "no_unit": _("There is no unit for this year; record the appointment first."),
    "gap": _("A requirement is not met or not known."),
    "objection": _("An objection waits for an answer."),
    "returned": _("It was returned for correction."),
    "changed": _("The material has changed since it was shown. Please look at it again."),
}
REFUSALS = {
    **REASONS,
    "not_confirmed": _("Only the confirmed version that counts can be objected to."),
    "too_late": _("The time to object has passed. Please turn to your HR officer."),
    "open_objection": _("Your earlier objection has not been answered yet; one objection at a time."),
    "answered": _("This objection has been answered already."),
}
PLACES = {"certificate": "certificate_file"}  # kind of evidence → screen that shows it by its label; the person and HR may both open it


def address_of(evidence: Mapping[str, Any]) -> str:
    """Return where a piece of evidence is shown; '' where there is no screen for it."""
    name = PLACES.get(evidence["kind"])
    if name is None:
        return ""
    try:
        return reverse(name, args=[evidence["label"]])
    except NoReverseMatch:
        return ""


def shown(lines: Iterable[Mapping[str, Any]], before: Iterable[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """Return stored lines ready for the template. ``before``: the lines of the version that counts, to mark what has changed since."""
    earlier = {line["key"]: line for line in before}
    found = []
    for line in lines:
        verdict = VERDICTS.get(line["verdict"])
        was = earlier.get(line["key"])
        changed = bool(earlier) and (was is None or was["sentence"] != line["sentence"] or was["value"] != line["value"])
        found.append(
            {
                **line, "label": LABELS.get(line["key"], line["heading"]), "verdict_label": verdict[0] if verdict else "",
                "tone": verdict[1] if verdict else "", "changed": changed, "was": was["value"] if changed and was else "",
                "evidence": [{**e, "address": address_of(e)} for e in line["evidence"]],
            }
        )  # fmt: skip
    return found


def row(view: PersonYear) -> dict[str, Any]:
    """Return one row of the board."""
    lines, total = view.by_key, view.by_key["hours_total"]
    amount, needed = float(total["amount"] or 0), float(total["needed"] or 0)
    return {
        "view": view, "person": view.person, "unit": view.unit, "lines": lines, "pick": f"{view.person.pk}:{view.digest[:16]}",
        "percent": min(100.0, 100 * amount / needed) if needed else 0, "bad": bool(gaps(view.lines)), "standing": view.standing,
        "tone": TONES[view.standing], "gaps": [LABELS.get(line["key"], line["heading"]) for line in gaps(view.lines)],
        "waiting": len(view.waiting), "post": lines["post"]["value"].partition(" · ")[2],
    }  # fmt: skip
