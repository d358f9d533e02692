"""What may happen to paper sets: put together, drawn, changed question by question, copied, thrown away. A set that a sitting uses is locked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from exams.bank.models import Question, QuestionVersion
from exams.papers.assembling import Drawn, nearest
from exams.papers.drawing import PoolItem, Row
from exams.papers.models import ASKED, LETTERS, Blueprint, PaperForm, PaperItem, PaperRow, PaperSet
from exams.papers.querysets import items_of, using
from exams.papers.undoing import Removed
from lms.audit.actions import record
from lms.audit.verbs import Verb
from lms.people.models import Person

POINTS = Decimal(2)  # of a question added by hand, until somebody says otherwise


class SetLocked(ValidationError):
    """A sitting uses this paper: its candidates are owed the same questions."""


class NothingElse(ValidationError):
    """No other question fits the row."""


def _open(pk: int) -> PaperSet:
    """The set under its lock. Raises SetLocked, PaperSet.DoesNotExist."""
    found = PaperSet.objects.select_for_update(of=("self",)).get(pk=pk)
    if using(found).exists():
        raise SetLocked(_("A sitting uses this paper. Make a copy and change that."))
    return found


def _changed(found: PaperSet, *, by: Person, at: datetime, **detail: object) -> None:
    PaperSet.objects.filter(pk=found.pk).update(changed_at=at)
    record(Verb.PAPER_SAVED, found, by=by, at=at, detail={"title": found.title, **detail})


@transaction.atomic
def start_set(paper_set: PaperSet, *, by: Person, at: datetime) -> PaperSet:
    """Save a new set with one empty form, to be filled by hand."""
    paper_set.made_by, paper_set.made_at, paper_set.changed_at = by, at, at
    paper_set.full_clean(exclude=["made_by"])
    paper_set.save(force_insert=True)
    PaperForm.objects.create(paper_set=paper_set, letter=LETTERS[0])
    _changed(paper_set, by=by, at=at, do="start")
    return paper_set


def lay_out(paper_set: PaperSet, blueprint: Blueprint, forms: Sequence[Drawn]) -> list[PaperForm]:
    """Write a saved set's rows, as the blueprint has them, and its forms with the questions drawn for each row; returns the forms."""
    rows = [PaperRow(paper_set=paper_set, order=n, **{name: getattr(row, name) for name in ASKED}) for n, row in enumerate(blueprint.rows.all())]
    PaperRow.objects.bulk_create(rows)
    made = PaperForm.objects.bulk_create([PaperForm(paper_set=paper_set, letter=letter) for letter, _f in zip(LETTERS, forms, strict=False)])
    PaperItem.objects.bulk_create(
        PaperItem(form=form, row=rows[n], order=order, question_id=item.question, version_id=item.version, points=rows[n].points)
        for form, given in zip(made, forms, strict=True)
        for n, items in enumerate(given)
        for order, item in enumerate(items)
    )
    return made


@transaction.atomic
def keep_drawn(paper_set: PaperSet, blueprint: Blueprint, forms: Sequence[Drawn], *, by: Person, at: datetime) -> PaperSet:
    """Save a new set with the questions that were drawn by a blueprint (`exams.papers.assembling.drawn_forms`), form by form."""
    paper_set.blueprint, paper_set.pool, paper_set.shuffle_options = blueprint, blueprint.pool, blueprint.shuffle_options
    paper_set.made_by, paper_set.made_at, paper_set.changed_at = by, at, at
    paper_set.full_clean(exclude=["made_by"])
    paper_set.save(force_insert=True)
    made = lay_out(paper_set, blueprint, forms)
    _changed(paper_set, by=by, at=at, do="draw", blueprint=blueprint.pk, forms=len(made), seed=paper_set.seed)
    return paper_set


@transaction.atomic
def copy_set(paper_set: PaperSet, *, by: Person, at: datetime) -> PaperSet:
    """Make a set of the same questions under a new title; returns it. Old versions stay as they are."""
    title = (_("Copy of %(title)s") % {"title": paper_set.title})[:80]
    made = PaperSet(
        title=title, pool=paper_set.pool, shuffle_options=paper_set.shuffle_options, blueprint_id=paper_set.blueprint_id, seed=paper_set.seed,
        common_percent=paper_set.common_percent, made_by=by, made_at=at, changed_at=at,
    )  # fmt: skip
    made.save(force_insert=True)
    rows, forms = {}, {}
    for row in paper_set.rows.all():
        old = row.pk
        row.pk, row.paper_set = None, made
        row._state.adding = True
        row.save()
        rows[old] = row.pk
    for form in paper_set.forms.all():
        forms[form.pk] = PaperForm.objects.create(paper_set=made, letter=form.letter).pk
    items = list(PaperItem.objects.filter(form__in=list(forms)))
    PaperItem.objects.bulk_create(
        PaperItem(form_id=forms[i.form_id], row_id=rows[i.row_id], order=i.order, question_id=i.question_id, version_id=i.version_id, points=i.points)
        for i in items
    )
    _changed(made, by=by, at=at, do="copy", of=paper_set.pk)
    return made


@transaction.atomic
def save_head(paper_set: PaperSet, *, title: str, shuffle_options: bool, by: Person, at: datetime) -> PaperSet:
    """Change the title and whether options are shuffled. Raises SetLocked, ValidationError."""
    found = _open(paper_set.pk)
    found.title, found.shuffle_options = title, shuffle_options
    found.full_clean(exclude=["made_by"])
    found.save(update_fields=["title", "shuffle_options"])
    _changed(found, by=by, at=at, do="head", shuffle_options=shuffle_options)
    return found


@transaction.atomic
def drop_set(paper_set: PaperSet, *, by: Person, at: datetime) -> None:
    """Throw a set away that no sitting ever used. Raises SetLocked."""
    found = _open(paper_set.pk)
    if found.sittings.exists():
        raise SetLocked(_("A cancelled sitting used this paper: it stays."))
    record(Verb.PAPER_DROPPED, found, by=by, at=at, detail={"title": found.title, "questions": [i.question_id for i in items_of(found)]})
    found.delete()


@transaction.atomic
def add_questions(form: PaperForm, questions: Iterable[Question], *, by: Person, at: datetime) -> tuple[int, int]:
    """Put questions at the end of a form, each into the last row of its kind (a new row where there is none).

    What stands in any form of the set, is not in use, or belongs to another pool is left out. Returns ``(added, left out)``. Raises SetLocked.
    """
    found = _open(form.paper_set_id)
    wanted, there = list(questions), set(items_of(found).values_list("question_id", flat=True))
    rows, added = {row.kind: row for row in found.rows.all()}, []
    last = dict(items_of(found).filter(form=form).order_by().values_list("row").annotate(Max("order")))
    for question in wanted:
        usable = question.current is not None and question.retired_at is None and question.pool == found.pool
        if question.pk in there or not usable:
            continue
        assert question.current is not None
        kind = question.current.kind
        if kind not in rows:
            order = (found.rows.aggregate(top=Max("order"))["top"] or 0) + 1
            rows[kind] = PaperRow.objects.create(paper_set=found, kind=kind, points=POINTS, order=order)
        row = rows[kind]
        last[row.pk] = last.get(row.pk, -1) + 1
        there.add(question.pk)
        added.append(PaperItem(form=form, row=row, order=last[row.pk], question=question, version=question.current, points=row.points))
    PaperItem.objects.bulk_create(added)
    if added:
        _changed(found, by=by, at=at, do="add", form=form.letter, questions=[item.question_id for item in added])
    return len(added), len(wanted) - len(added)


@transaction.atomic
def remove_item(item: PaperItem, *, by: Person, at: datetime) -> Removed:
    """Take a question out of its form, a common one out of every form; returns what `put_back` needs. Raises SetLocked."""
    found = _open(item.form.paper_set_id)
    twins = _twins(item)
    letters = "".join(twins.order_by("form__letter").values_list("form__letter", flat=True))
    twins.delete()
    _changed(found, by=by, at=at, do="remove", forms=letters, question=item.question_id)
    return Removed(letters=letters, row=item.row_id, version=item.version_id, order=item.order, points=item.points)


@transaction.atomic
def put_back(paper_set: PaperSet, removed: Removed, *, by: Person, at: datetime) -> None:
    """Undo a removal: the question stands again where it stood. Raises SetLocked, NothingElse."""
    found = _open(paper_set.pk)
    row = found.rows.filter(pk=removed.row).first()
    version = QuestionVersion.objects.filter(pk=removed.version).first()
    forms = list(found.forms.filter(letter__in=list(removed.letters)))
    if row is None or version is None or not forms or items_of(found).filter(question=version.question_id).exists():
        raise NothingElse(_("This question can't be put back: its place is gone, or it stands in the paper already."))
    PaperItem.objects.bulk_create(
        PaperItem(form=form, row=row, order=removed.order, question_id=version.question_id, version=version, points=removed.points) for form in forms
    )
    _changed(found, by=by, at=at, do="put_back", question=version.question_id)


@transaction.atomic
def move_item(item: PaperItem, *, up: bool, by: Person, at: datetime) -> None:
    """Let a question and its neighbour in the same row of the form change places; at the end of the row nothing happens. Raises SetLocked."""
    found = _open(item.form.paper_set_id)
    group = list(PaperItem.objects.filter(form=item.form_id, row=item.row_id).order_by("order", "pk"))
    here = next(n for n, other in enumerate(group) if other.pk == item.pk)
    there = here - 1 if up else here + 1
    if not 0 <= there < len(group):
        return
    group[here], group[there] = group[there], group[here]
    for order, other in enumerate(group):
        other.order = order
    PaperItem.objects.bulk_update(group, ["order"])
    _changed(found, by=by, at=at, do="move", form=item.form.letter, question=item.question_id)


@transaction.atomic
def save_points(paper_set: PaperSet, points: Mapping[int, Decimal], *, by: Person, at: datetime) -> int:
    """Set the points of items by key; a common question has the same in every form. Returns how many changed. Raises SetLocked, ValidationError."""
    found = _open(paper_set.pk)
    items = list(items_of(found))
    wanted = {item.question_id: points[item.pk] for item in items if item.pk in points}
    changed = [item for item in items if item.question_id in wanted and item.points != wanted[item.question_id]]
    for item in changed:
        item.points = wanted[item.question_id]
        item.full_clean(exclude=["form", "row", "question", "version"], validate_unique=False)
    PaperItem.objects.bulk_update(changed, ["points"])
    if changed:
        _changed(found, by=by, at=at, do="points", items={item.question_id: item.points for item in changed})
    return len(changed)


@transaction.atomic
def save_part(row: PaperRow, *, part: str, note: str, by: Person, at: datetime) -> None:
    """Give a row's part its title and instructions. Raises SetLocked, ValidationError."""
    found = _open(row.paper_set_id)
    row.part, row.note = part, note
    row.full_clean(exclude=["paper_set"])
    row.save(update_fields=["part", "note"])
    _changed(found, by=by, at=at, do="part", row=row.order, part=part)


@transaction.atomic
def exchange_item(item: PaperItem, row: Row, pool: Iterable[PoolItem], *, lot: str, by: Person, at: datetime) -> PaperItem:
    """换一题: put another question in its place that its ``row`` asks for and no form holds; a common one is exchanged in every form.

    Which one: `exams.papers.assembling.nearest`, by ``lot`` among equals. Raises SetLocked, NothingElse.
    """
    found = _open(item.form.paper_set_id)
    there = set(items_of(found).values_list("question_id", flat=True))
    chosen = nearest(row, item.question_id, [one for one in pool if one.question not in there or one.question == item.question_id], lot)
    if chosen is None:
        raise NothingElse(_("No other question in the bank fits this row."))
    was = item.question_id
    _twins(item).update(question_id=chosen.question, version_id=chosen.version)
    _changed(found, by=by, at=at, do="exchange", form=item.form.letter, question=was, for_question=chosen.question)
    item.refresh_from_db()
    return item


@transaction.atomic
def put_instead(paper_set: PaperSet, *, question: int, version: int, by: Person, at: datetime) -> None:
    """Undo an exchange: the old version stands again where ``question`` stands now. Raises SetLocked, NothingElse."""
    found = _open(paper_set.pk)
    old = QuestionVersion.objects.filter(pk=version).first()
    places = PaperItem.objects.filter(form__paper_set=found, question=question)
    if old is None or not places.exists() or items_of(found).filter(question=old.question_id).exists():
        raise NothingElse(_("This question can't be put back: its place is gone, or it stands in the paper already."))
    places.update(question_id=old.question_id, version=old)
    _changed(found, by=by, at=at, do="put_back", question=old.question_id, for_question=question)


@transaction.atomic
def renew_items(paper_set: PaperSet, *, by: Person, at: datetime) -> int:
    """Take every question in the wording that is in use today; returns how many changed. Raises SetLocked."""
    found = _open(paper_set.pk)
    changed = [item for item in items_of(found) if item.question.current is not None and item.version != item.question.current]
    for item in changed:
        assert item.question.current is not None
        item.version = item.question.current
    PaperItem.objects.bulk_update(changed, ["version"])
    if changed:
        _changed(found, by=by, at=at, do="renew", questions=[item.question_id for item in changed])
    return len(changed)


def _twins(item: PaperItem) -> QuerySet[PaperItem]:
    """The item, and its equals in other forms where the question is common to them."""
    return PaperItem.objects.filter(form__paper_set=item.form.paper_set_id, question=item.question_id)
