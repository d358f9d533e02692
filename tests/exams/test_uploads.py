"""Files in the exam room: taken from the candidate alone, checked by content, kept for ever, fetched by markers."""

import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from exams.attempts import actions
from exams.attempts.enclosures import Enclosure
from exams.attempts.models import Attempt
from exams.attempts.reading import answers_of
from exams.attempts.uploads import MOST_FILES, NotTaken, take_file
from exams.bank.kinds import rules
from exams.bank.kinds.screens import screens
from exams.bank.rendering import shown
from exams.marking.actions import mark_sitting
from exams.marking.handwork import Piece
from exams.papers.models import Blueprint, BlueprintRow
from lms.audit.models import AuditRow
from lms.audit.verbs import Verb
from lms.people.states import Role
from tests.conftest import NOW
from tests.factories.bank import make_curriculum, make_question, make_wording
from tests.factories.exams import CANARY, admit, make_sitting
from tests.factories.hand_kinds import MARKER_ONLY
from tests.factories.people import PersonFactory


def book(*extra: str) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as made:
        for name in ("[Content_Types].xml", "xl/workbook.xml", *extra):
            made.writestr(name, "x")
    return body.getvalue()


@pytest.fixture
def room(county: SimpleNamespace, settings, tmp_path) -> SimpleNamespace:
    """A running attempt with one question of every kind; its upload slot."""
    settings.STORAGES = settings.STORAGES | {
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path, "base_url": None}}
    }
    cache.clear()
    topic = make_curriculum().topics["technical-01"]
    blueprint = Blueprint.objects.create(title="题型齐全")
    for order, kind in enumerate(rules()):
        make_question(topic, kind, explanation=CANARY)
        BlueprintRow.objects.create(blueprint=blueprint, order=order, kind=kind, count=1, points=Decimal(5))
    sitting = make_sitting(county.root, NOW, blueprint)
    (candidate,) = admit(sitting, county.learner)
    attempt = actions.start(candidate, key="start-key-1", by=county.learner, at=NOW)
    slots = Attempt.objects.get(pk=attempt.pk).paper["sections"]
    n = next(slot["n"] for part in slots if part["kind"] == "upload" for slot in part["slots"])
    client = Client()
    client.force_login(county.learner)
    client.cookies["device"] = "start-key-1"
    with time_machine.travel(NOW, tick=False):
        yield SimpleNamespace(sitting=sitting, attempt=attempt, learner=county.learner, n=n, county=county, client=client, folder=tmp_path)


def take(room, name="统计表.xlsx", content: bytes | None = None, at=NOW, n: int = 0) -> Enclosure:
    return take_file(room.attempt.pk, n or room.n, name=name, content=book() if content is None else content, by=room.learner, at=at)


def files(room) -> list[str]:
    return [path.name for path in room.folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_once_under_a_random_name(room) -> None:
    kept = take(room, r"C:\桌面\统计表.xlsx")
    assert take(room).pk == kept.pk
    assert (kept.name, kept.kind, kept.late) == ("统计表.xlsx", "xlsx", False)
    assert files(room) == [kept.token]
    assert AuditRow.objects.filter(verb=Verb.FILE_TAKEN).count() == 1
    actions.save(room.attempt.pk, epoch=1, seq=1, items=[{"n": room.n, "v": [f"file={kept.value}"], "f": 0}], by=room.learner, at=NOW)
    assert answers_of([room.attempt])[room.attempt.pk][room.n].values == (f"file={kept.value}",)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b""), ("a.exe", b"MZ"), ("a.xlsx", b"MZ\x90"), ("a.docx", book()), ("a.xlsx", book() + b"x" * 1024 * 1024), ("noname", book())],
)
def test_what_is_refused_leaves_nothing(room, name, content) -> None:
    with pytest.raises(NotTaken):
        take(room, name, content)
    with pytest.raises(NotTaken):
        take(room, n=1 if room.n != 1 else 2)
    assert (files(room), Enclosure.objects.count()) == ([], 0)


def test_another_person_s_attempt_is_not_there(room) -> None:
    with pytest.raises(Attempt.DoesNotExist):
        take_file(room.attempt.pk, room.n, name="a.xlsx", content=book(), by=room.county.head, at=NOW)


def test_an_attempt_holds_so_many_files(room) -> None:
    for n in range(MOST_FILES):
        take(room, content=book(f"{n}"))
    with pytest.raises(NotTaken):
        take(room, content=book("one more"))
    assert len(files(room)) == MOST_FILES


def test_a_late_file_is_evidence(room) -> None:
    assert take(room, at=NOW + timedelta(hours=3)).late
    assert len(files(room)) == 1


def test_the_script_gets_what_the_answer_is_to_say(room) -> None:
    address = reverse("paper_upload", args=[room.attempt.pk, room.n])
    said = room.client.post(address, {"file": SimpleUploadedFile("表.xlsx", book())}, headers={"Accept": "application/json"})
    assert said.json() == {"file": Enclosure.objects.get().value}
    wrong = room.client.post(address, {"file": SimpleUploadedFile("表.xlsx", b"MZ")}, headers={"Accept": "application/json"})
    assert wrong.status_code == 400
    assert "不符" in wrong.json()["error"]
    assert Client().post(address, {}, headers={"Accept": "application/json"}).status_code == 401
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(room.learner)
    assert strict.post(address, {"file": SimpleUploadedFile("表.xlsx", book())}).status_code == 403


def test_the_plain_form_saves_the_file_with_its_page(room) -> None:
    address = reverse("paper_upload", args=[room.attempt.pk, room.n])
    short = next(slot["n"] for part in room.attempt.paper["sections"] if part["kind"] == "short" for slot in part["slots"])
    form = {"epoch": "1", "seq": "1", f"q{short}": "断网并报告", f"q{room.n}.file": "", f"file{room.n}": SimpleUploadedFile("表.xlsx", book())}
    response = room.client.post(address, form | {"do": "upload"})
    assert response.headers["Location"] == reverse("paper", args=[room.attempt.pk]) + f"#q{room.n}"
    answers = answers_of([room.attempt])[room.attempt.pk]
    assert answers[short].values == ("断网并报告",)
    assert answers[room.n].values == (f"file={Enclosure.objects.get().value}",)
    assert "已在服务器上：表.xlsx" in room.client.get(reverse("paper", args=[room.attempt.pk])).content.decode()


def test_a_marker_fetches_the_file_and_it_is_noted(room) -> None:
    kept = take(room)
    items = [{"n": room.n, "v": [f"file={kept.value}"], "f": 0}]
    actions.hand_in(room.attempt.pk, by=room.learner, at=NOW, epoch=1, seq=1, items=items)
    mark_sitting(room.sitting, by=None, at=NOW)
    piece = Piece.objects.get(n=room.n)
    marker = Client()
    marker.force_login(PersonFactory(home_unit=room.county.root, role=Role.TRAINER))
    address = reverse("marking_file", args=[room.sitting.pk, piece.version_id, piece.number])
    response = marker.get(address)
    assert response.headers["Content-Disposition"] == f'attachment; filename="{piece.number}.xlsx"'
    assert b"".join(response.streaming_content) == book()
    assert AuditRow.objects.filter(verb=Verb.FILE_FETCHED).count() == 1
    assert room.client.get(address).status_code == 403
    storages["private"].delete(kept.stored)
    assert "不在服务器上" in marker.get(address, follow=True).content.decode()


def test_no_key_of_any_kind_reaches_the_candidate(room) -> None:
    pages = [reverse("paper", args=[room.attempt.pk]), reverse("hand_in", args=[room.attempt.pk])]
    for address in pages:
        page = room.client.get(address).content.decode()
        assert CANARY not in page
        assert MARKER_ONLY not in page
    assert 'data-typing="latin"' in room.client.get(pages[0]).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", list(rules()))
def test_every_kind_can_be_previewed_printed_and_named_in_a_list(kind, rf) -> None:
    from django.template.loader import render_to_string

    wording, screen = make_wording(kind), screens()[kind]
    view = shown(wording, 1)
    for q in (view["q"], view["right"]):
        assert render_to_string(screen.answer_template, {"q": q})
        render_to_string(screen.print_template, {"q": q})
    assert MARKER_ONLY not in render_to_string(screen.answer_template, {"q": view["q"]})
    assert isinstance(str(screen.letters(wording)), str)
