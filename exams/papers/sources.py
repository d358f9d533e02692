"""One notion of where a candidate's paper comes from: a blueprint, which draws one by seed, or a paper set, whose questions are settled."""

from datetime import date
from decimal import Decimal

from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from exams.papers.drawing import Paper, draw, laid_out
from exams.papers.forms_balance import form_of
from exams.papers.models import Blueprint, PaperForm, PaperItem, PaperSet
from exams.papers.querysets import items_of
from exams.papers.rendering import sentence
from exams.papers.stock import items_of_versions, row_of, rows_of, shortages_of, stock_for

Source = Blueprint | PaperSet


def paper_for(source: Source, seed: str, number: str | int = "", day: date | None = None) -> Paper:
    """The paper of one candidate: the same source, seed and candidate ``number`` give the same paper while the bank stays as it is.

    A blueprint draws questions by ``seed``. A set gives the form that falls to the number (A, B, A, B …) and uses ``seed`` for the order of
    options alone. Raises `drawing.NotEnoughQuestions` (blueprints only).
    """
    if isinstance(source, Blueprint):
        rows = rows_of(source, day)
        return draw(rows, stock_for(rows, source.pool), seed, shuffle_options=source.shuffle_options)
    forms = list(source.forms.all())
    return settled_paper(source, forms[form_of(number, len(forms))], seed)


def settled_paper(paper_set: PaperSet, form: PaperForm, seed: str = "") -> Paper:
    """One form as a paper (four statements); options in the order of the bank without a seed. Its letter is kept where there are several forms."""
    items = [item for item in items_of(paper_set) if item.form_id == form.pk]
    places = {one.question: one for one in items_of_versions((item.question, item.version) for item in items)}
    rows = list(paper_set.rows.all())
    given = [[(places[item.question_id], item.points) for item in items if item.row_id == row.pk] for row in rows]
    asked = [row_of(row, len(items), timezone.localdate()) for row, items in zip(rows, given, strict=True)]
    letter = form.letter if paper_set.forms.count() > 1 else ""
    return laid_out(asked, given, seed, shuffle_options=paper_set.shuffle_options and bool(seed), form=letter)


def papers_of(source: Source, letters: str, seed: str) -> list[tuple[str, Paper]]:
    """Papers to look at or print: a set's forms by ``letters`` (none: all), each with its letter, or what a blueprint draws by ``seed``.

    Without a seed a set's options stand in the order of the bank. Raises `drawing.NotEnoughQuestions`.
    """
    if isinstance(source, Blueprint):
        return [("", paper_for(source, seed))]
    forms = [form for form in source.forms.all() if not letters or form.letter in letters]
    several = source.forms.count() > 1
    return [(form.letter if several else "", settled_paper(source, form, seed)) for form in forms]


def lacking(source: Source, day: date | None = None) -> list[str]:
    """Every reason why nobody can sit a paper from this source today, in whole sentences; empty when all is well."""
    if isinstance(source, Blueprint):
        return [sentence(shortage) for shortage in shortages_of(source, day)]
    items = list(items_of(source))
    letters = [form.letter for form in source.forms.all()]
    counts = {(letter, row.pk): 0 for letter in letters for row in source.rows.all()}
    worth = dict.fromkeys(letters, Decimal(0))
    for item in items:
        counts[item.form.letter, item.row_id] += 1
        worth[item.form.letter] += item.points
    reasons = [_("Form %(letter)s has no question yet.") % {"letter": letter} for letter in letters if not worth[letter]]
    if len(set(worth.values())) > 1:
        said = "、".join(f"{letter} {points:f}" for letter, points in worth.items())
        reasons.append(_("The forms are not worth the same points: %(said)s.") % {"said": said})
    for n, row in enumerate(source.rows.all(), 1):
        here = {letter: counts[letter, row.pk] for letter in letters}
        if len(set(here.values())) > 1:
            said = "、".join(f"{letter} {number}" for letter, number in here.items())
            reasons.append(_("The forms differ in row %(n)d: %(said)s.") % {"n": n, "said": said})
    return reasons


def address_of(source: Source) -> str:
    """The screen on which it is put right."""
    return reverse("blueprint" if isinstance(source, Blueprint) else "paper_set", args=[source.pk])


def size_of(source: Source) -> tuple[int, Decimal]:
    """How many questions and points a candidate gets."""
    if isinstance(source, Blueprint):
        rows = source.rows.values_list("count", "points")
        return sum(count for count, _p in rows), sum((count * points for count, points in rows), Decimal(0))
    first = source.forms.first()
    items = PaperItem.objects.filter(form=first)
    return items.count(), items.aggregate(sum=Sum("points"))["sum"] or Decimal(0)
