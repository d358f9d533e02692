"""Settled papers: put together, exchanged, undone, locked, dealt to candidates; the stock against what is asked; prints."""

import io
import subprocess
from datetime import date, timedelta
from decimal import Decimal

import pypdf
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from exams.attempts.actions import start
from exams.bank.actions import save_version
from exams.bank.models import Question
from exams.papers import set_actions as act
from exams.papers.drawing import PoolItem, Row
from exams.papers.feasibility import ANY, cells, needs
from exams.papers.models import PaperItem, PaperSet
from exams.papers.printing import printed, together
from exams.papers.sources import lacking, paper_for, papers_of, settled_paper, size_of
from exams.papers.stock import row_of, stock_for
from exams.papers.undoing import Removed, read
from exams.sittings.models import Sitting
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.jobs.actions import run_due
from lms.jobs.models import Job
from tests.conftest import NOW
from tests.factories.bank import make_wording
from tests.factories.exams import CANARY, admit, make_bank, make_blueprint, make_sitting
from tests.factories.papers import make_paper_set


@pytest.fixture
def bank(county):
    return make_bank(per_kind=9)


@pytest.fixture
def pair(bank) -> PaperSet:
    """Two forms of 10 questions, half of each row common."""
    return make_paper_set(make_blueprint(), forms=2, common_percent=50)


@pytest.fixture
def trainer(county, client, bank):
    client.force_login(county.trainer)
    return client


def questions(paper_set: PaperSet, letter: str = "A") -> list[int]:
    return list(PaperItem.objects.filter(form__paper_set=paper_set, form__letter=letter).values_list("question", flat=True))


def test_forms_keep_to_the_rows_and_share_only_common_questions(pair) -> None:
    one, other = questions(pair), questions(pair, "B")
    assert (len(one), len(other), len(set(one) & set(other))) == (10, 10, 5)
    assert lacking(pair) == []
    assert size_of(pair) == (10, Decimal(20))


def test_database_refuses_a_question_twice_in_a_form(pair) -> None:
    item = PaperItem.objects.filter(form__paper_set=pair).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        PaperItem.objects.create(form=item.form, row=item.row, order=99, question=item.question, version=item.version, points=1)


def test_candidates_take_forms_in_turn_and_see_their_own_order_of_options(county, pair) -> None:
    one, other, third = (paper_for(pair, seed, number) for seed, number in (("a", "20261123-0001"), ("b", "20261123-0002"), ("c", "20261123-0003")))
    assert (one.form, other.form, third.form) == ("A", "B", "A")
    assert [slot.version for slot in one.slots.values()] == [slot.version for slot in third.slots.values()]
    assert [slot.options for slot in one.slots.values()] != [slot.options for slot in third.slots.values()]


def test_options_stay_where_the_paper_says_so(county, pair) -> None:
    PaperSet.objects.filter(pk=pair.pk).update(shuffle_options=False)
    pair.refresh_from_db()
    assert paper_for(pair, "a", 1) == paper_for(pair, "b", 1)


def test_an_attempt_freezes_its_form_in_constant_statements(county, pair) -> None:
    sitting = make_sitting(county.root, NOW, None)
    Sitting.objects.filter(pk=sitting.pk).update(blueprint=None, paper_set=pair)
    _first, second = admit(sitting, county.hr, county.learner)
    attempt = start(type(second).objects.get(pk=second.pk), key="k", by=county.learner, at=NOW)
    assert attempt.paper["form"] == "B"
    counts = []
    for paper_set in (pair, make_paper_set(make_blueprint(times=2), title="长卷")):
        with CaptureQueriesContext(connection) as queries:
            paper_for(paper_set, "seed", 1)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_set_that_a_sitting_uses_is_locked_until_the_sitting_is_cancelled(county, pair) -> None:
    sitting = make_sitting(county.root, NOW)
    Sitting.objects.filter(pk=sitting.pk).update(blueprint=None, paper_set=pair)
    item = PaperItem.objects.filter(form__paper_set=pair).first()
    who = {"by": county.trainer, "at": NOW}
    steps = [
        lambda: act.remove_item(item, **who), lambda: act.save_points(pair, {item.pk: Decimal(9)}, **who), lambda: act.drop_set(pair, **who),
        lambda: act.renew_items(pair, **who), lambda: act.move_item(item, up=True, **who),
        lambda: act.add_questions(item.form, Question.objects.all(), **who),
    ]  # fmt: skip
    before = questions(pair)
    for step in steps:
        with pytest.raises(act.SetLocked):
            step()
    copy = act.copy_set(pair, **who)
    assert questions(copy) == questions(pair) == before
    act.remove_item(PaperItem.objects.filter(form__paper_set=copy).first(), **who)
    Sitting.objects.filter(pk=sitting.pk).update(cancelled_at=NOW)
    act.remove_item(item, **who)


def test_an_exchange_takes_what_the_row_asks_for_and_can_be_undone(county, pair) -> None:
    who = {"by": county.trainer, "at": NOW}
    common = next(i for i in PaperItem.objects.filter(form__paper_set=pair, row__kind="single") if i.question_id in questions(pair, "B"))
    was, version, row = common.question_id, common.version_id, row_of(common.row, 1, NOW.date())
    act.exchange_item(common, row, stock_for([row], pair.pool), lot="x", **who)
    assert was not in questions(pair)
    assert questions(pair, "B").count(common.question_id) == 1  # a common one is exchanged in every form
    assert common.version.kind == "single"
    act.put_instead(pair, question=common.question_id, version=version, **who)
    assert was in questions(pair)
    assert was in questions(pair, "B")


def test_an_exchange_without_another_question_says_so(county, pair) -> None:
    item = PaperItem.objects.filter(form__paper_set=pair, row__kind="fill_in").first()
    row = Row(kind="fill_in", count=1, points=Decimal(2), topic=1)
    with pytest.raises(act.NothingElse):
        act.exchange_item(item, row, [], lot="x", by=county.trainer, at=NOW)


def test_a_removal_is_undone_in_its_place(county, pair) -> None:
    who = {"by": county.trainer, "at": NOW}
    item = PaperItem.objects.filter(form__paper_set=pair, row__kind="single", order=1).first()
    before = questions(pair)
    gone = act.remove_item(item, **who)
    assert len(questions(pair)) == 9
    assert read(gone.written()) == gone
    act.put_back(pair, gone, **who)
    assert questions(pair) == before
    with pytest.raises(act.NothingElse):
        act.put_back(pair, gone, **who)


@pytest.mark.parametrize("text", ["", "A.1.2.3", "G.1.1.1.10", "A.1.1.1.0", "A.x.1.1.10", "A.1.1.1.99999"])
def test_a_bent_address_undoes_nothing(text) -> None:
    assert read(text) is None


def test_written_removal_keeps_half_points() -> None:
    gone = Removed(letters="AB", row=1, version=2, order=3, points=Decimal("2.5"))
    assert read(gone.written()) == gone


def test_a_set_by_hand_grows_by_kind_and_leaves_out_what_it_holds(county, bank) -> None:
    who = {"by": county.trainer, "at": NOW}
    paper_set = act.start_set(PaperSet(title="手工卷"), **who)
    form = paper_set.forms.get()
    assert lacking(paper_set) == ["A 卷还没有试题。"]
    chosen = list(Question.objects.filter(current__kind__in=["single", "fill_in"])[:4]) + list(Question.objects.filter(current__kind="single")[:1])
    Question.objects.filter(pk=chosen[0].pk).update(pool="practice")
    added, left = act.add_questions(form, Question.objects.filter(pk__in=[q.pk for q in chosen]), **who)
    assert (added, left) == (len({q.pk for q in chosen}) - 1, 1)
    assert act.add_questions(form, Question.objects.filter(pk__in=[q.pk for q in chosen[1:]]), **who)[0] == 0
    assert lacking(paper_set) == []
    ups = list(PaperItem.objects.filter(form=form).order_by("row", "order"))
    act.move_item(ups[1], up=True, **who)
    assert questions(paper_set)[:2] == [ups[1].question_id, ups[0].question_id]


def test_forms_that_drifted_apart_cannot_be_sat(county, pair) -> None:
    own = next(i for i in PaperItem.objects.filter(form__paper_set=pair, form__letter="A") if i.question_id not in questions(pair, "B"))
    act.remove_item(own, by=county.trainer, at=NOW)
    assert any("题数不同" in reason for reason in lacking(pair))
    assert any("满分不同" in reason for reason in lacking(pair))


def item(question: int, topic: int, difficulty: int = 1, **more) -> PoolItem:
    return PoolItem(
        version=question, question=question, topic=topic, tier="technical", kind="single", difficulty=difficulty, dimension="knowledge", **more
    )


def test_needs_and_cells_say_who_takes_what_and_where_it_lacks() -> None:
    from exams.papers.drawing import shortages

    pool = [item(1, 1), item(2, 1, 2), item(3, 2)]
    rows = [Row(kind="single", count=2, points=Decimal(1)), Row(kind="single", count=2, points=Decimal(1), topic=1)]
    first, second = needs(rows, pool)
    assert (first.fitting, first.given, first.taken, first.missing, first.spare) == (3, 2, 1, 0, 0)
    assert (second.fitting, second.given, dict(second.rivals), second.missing) == (2, 1, {0: 1}, 1)
    found = cells(rows, pool, shortages(rows, pool))
    cell = found[("topic", 1), "single", ANY]
    assert (cell.stock, cell.asked, cell.missing) == (2, 2, 1)
    assert found[("any", ""), "single", ANY].asked == 2
    assert found[("topic", 1), "single", 2].stock == 1


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({}, [1, 2, 3]),
        ({"tag": "保密"}, [1]),
        ({"rested_since": date(2026, 10, 1)}, [1, 2]),
        ({"seen_below": 5}, [1]),
        ({"seen_below": 6, "rested_since": date(2026, 10, 1)}, [1, 2]),
    ],
)
def test_rows_may_ask_for_tags_and_rest(row, expected) -> None:
    pool = [
        item(1, 1, tags=frozenset({"保密"})), item(2, 1, shown=5, last_shown=date(2026, 9, 30)), item(3, 1, shown=9, last_shown=date(2026, 10, 1))
    ]  # fmt: skip
    asked = Row(kind="single", count=1, points=Decimal(1), **row)
    assert [one.question for one in pool if asked.fits(one)] == expected


def text_of(data: bytes) -> str:
    """The text of a file, without spaces."""
    shown = subprocess.run(["pdftotext", "-layout", "-", "-"], input=data, capture_output=True, check=True)
    return "".join(shown.stdout.decode().split(" "))


def test_prints_hold_the_questions_and_only_the_key_holds_the_answers(pair) -> None:
    ((_letter, paper),) = papers_of(pair, "A", "")
    texts = {what: text_of(printed(paper, what, title=pair.title, letter="A")) for what in ("paper", "sheet", "key")}
    assert "期末试卷" in texts["paper"]
    assert "A卷" in texts["paper"]
    assert "准考号" in texts["paper"]
    assert "评卷人" in texts["paper"]
    assert "直接操作" in texts["paper"]
    assert CANARY not in texts["paper"] + texts["sheet"]
    assert CANARY in texts["key"]
    assert "机密" in texts["key"]
    assert "□A□B□C□D" in texts["sheet"]
    assert "第1页" in texts["sheet"]


def test_forms_in_one_file_each_begin_on_a_right_hand_page(pair) -> None:
    files = [printed(paper, "sheet", title=pair.title, letter=letter) for letter, paper in papers_of(pair, "", "")]
    assert len(pypdf.PdfReader(io.BytesIO(together(files))).pages) == 4


def test_fifty_questions_fit_eight_pages(county) -> None:
    make_bank(per_kind=20)
    paper_set = make_paper_set(make_blueprint(times=5))
    paper = settled_paper(paper_set, paper_set.forms.get())
    assert len(paper.slots) == 50
    assert len(pypdf.PdfReader(io.BytesIO(printed(paper, "paper", title="卷"))).pages) <= 8


def test_printing_a_sealed_key_leaves_an_audit_line(trainer, pair) -> None:
    response = trainer.post(f"/papers/sets/{pair.pk}/print/", {"what": "key", "letters": "A"})
    assert response["Content-Type"] == "application/pdf"
    row = AuditRow.objects.get(verb="paper:print")
    assert (row.detail["what"], row.detail["forms"]) == ("key", "A")
    trainer.post(f"/papers/sets/{pair.pk}/print/", {"what": "sheet", "letters": "A"})
    assert AuditRow.objects.filter(verb="paper:print").count() == 1


def test_a_long_print_is_a_job_whose_file_only_the_asker_takes(county, client, trainer, pair, monkeypatch) -> None:
    monkeypatch.setattr("exams.papers.print_views.AT_ONCE", 5)
    response = trainer.post(f"/papers/sets/{pair.pk}/print/", {"what": "sheet"})
    run_due()
    job = Job.objects.get(kind="papers.print")
    assert response["Location"] == f"/jobs/{job.pk}/"
    assert trainer.get(job.result["link"])["Content-Type"] == "application/pdf"
    client.force_login(county.centre)
    assert client.get(job.result["link"]).status_code == 404


def test_a_character_nobody_prints_is_named(trainer, pair) -> None:
    PaperSet.objects.filter(pk=pair.pk).update(title="试卷\U0001f600")
    page = trainer.post(f"/papers/sets/{pair.pk}/print/", {"what": "paper"}, follow=True).content.decode()
    assert "\U0001f600。请改写试题" in page


def test_a_paper_is_made_of_a_blueprint_in_two_forms(trainer) -> None:
    blueprint = make_blueprint()
    response = trainer.post(f"/papers/{blueprint.pk}/make/", {"title": "平行卷", "how_many": "2", "common_percent": "0"})
    paper_set = PaperSet.objects.get()
    assert response["Location"] == f"/papers/sets/{paper_set.pk}/"
    page = trainer.get(response["Location"] + "?form=B").content.decode()
    assert "各卷别难度平衡" in page
    assert set(questions(paper_set)).isdisjoint(questions(paper_set, "B"))


def test_too_many_forms_say_what_is_missing(trainer) -> None:
    blueprint = make_blueprint(times=2)
    page = trainer.post(f"/papers/{blueprint.pk}/make/", {"title": "平行卷", "how_many": "3", "common_percent": "0"}).content.decode()
    assert "第 1 行缺" in page
    assert not PaperSet.objects.exists()


def test_steps_on_screen_and_their_undo(trainer, pair) -> None:
    address = f"/papers/sets/{pair.pk}/"
    one = PaperItem.objects.filter(form__paper_set=pair, form__letter="A").first()
    response = trainer.post(address + "change/", {"do": f"out-{one.pk}", "form": "A"})
    page = trainer.get(response["Location"])
    assert "撤销" in page.content.decode()
    trainer.post(address + "change/", {"do": "back", "form": "A", "undo": page.context["undo"]})
    assert one.question_id in questions(pair)
    other = PaperItem.objects.filter(form__paper_set=pair, form__letter="A").last()
    trainer.post(address + "change/", {"do": "points", "form": "A", f"points-{other.pk}": "3.5"})
    other.refresh_from_db()
    assert other.points == Decimal("3.5")
    page = trainer.post(address + "change/", {"do": "points", f"points-{other.pk}": "很多"}, follow=True).content.decode()
    assert "不是分值" in page
    assert trainer.post(address + "change/", {"do": "nonsense"}).status_code == 404


def test_picking_searches_the_bank_and_keeps_its_filter(trainer, county) -> None:
    response = trainer.post("/papers/sets/new/", {"title": "手工卷", "pool": "sealed", "shuffle_options": "on"})
    assert response["Location"].endswith("/pick/?form=A")
    page = trainer.get(response["Location"] + "&kind=fill_in").content.decode()
    assert page.count('name="question"') == 9
    first = Question.objects.filter(current__kind="fill_in").first()
    again = trainer.post(response["Location"] + "&kind=fill_in", {"question": [first.pk]})
    assert "kind=fill_in" in again["Location"]
    assert questions(PaperSet.objects.get()) == [first.pk]


def test_a_preview_shows_no_key_unless_asked(trainer, pair) -> None:
    address = f"/papers/sets/{pair.pk}/preview/?form=B&seed=abc"
    assert CANARY not in trainer.get(address).content.decode()
    assert CANARY in trainer.get(address + "&answers=1").content.decode()
    assert trainer.get(f"/papers/sets/{pair.pk}/preview/?form=F").status_code == 404


def test_the_page_of_a_set_takes_the_same_queries_however_long_it_is(trainer) -> None:
    counts = []
    for times in (1, 2):
        paper_set = make_paper_set(make_blueprint(times=times))
        trainer.get(f"/papers/sets/{paper_set.pk}/")
        with CaptureQueriesContext(connection) as queries:
            trainer.get(f"/papers/sets/{paper_set.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_sitting_takes_one_of_the_two(county, pair) -> None:
    sitting = make_sitting(county.root, NOW, opens_at=NOW + timedelta(days=1), closes_at=NOW + timedelta(days=2))
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.filter(pk=sitting.pk).update(paper_set=pair)
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.filter(pk=sitting.pk).update(blueprint=None)


def test_an_undo_somebody_wrote_puts_no_draft_into_a_paper(trainer, pair) -> None:
    address, one = f"/papers/sets/{pair.pk}/change/", PaperItem.objects.filter(form__paper_set=pair, form__letter="A").first()
    draft = save_version(one.question, make_wording("single", stem="没有人审过的题目？"), by=one.question.current.made_by, at=NOW)
    before = list(PaperItem.objects.filter(form__paper_set=pair).values_list("version", flat=True))
    assert trainer.post(address, {"do": "unswap", "undo": f"{one.question_id}.{draft.pk}"}).status_code == 404
    assert trainer.post(address, {"do": "back", "undo": f"A.{one.row_id}.{draft.pk}.0.20"}).status_code == 404
    assert list(PaperItem.objects.filter(form__paper_set=pair).values_list("version", flat=True)) == before


def test_who_looks_at_a_sealed_paper_is_in_the_trail_once_a_day(trainer, pair) -> None:
    PaperSet.objects.update(pool="sealed")
    for address in (
        f"/papers/sets/{pair.pk}/preview/?answers=1",
        f"/papers/sets/{pair.pk}/preview/",
        f"/papers/{pair.blueprint_id}/sample/?answers=1",
    ):
        assert trainer.get(address).status_code == 200
    lines = AuditRow.objects.filter(verb=Verb.QUESTION_SEEN)
    assert sorted(lines.values_list("subject", flat=True)) == [f"blueprint:{pair.blueprint_id}", f"paperset:{pair.pk}"]
