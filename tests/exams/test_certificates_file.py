"""The PDF: exact names in text, fonts inside, a QR code that a foreign reader reads, nothing fetched, the same bytes every time."""

import hashlib
import io
import socket
import subprocess

import pypdf
import pytest
import zxingcpp
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image

from exams.certificates import jobs, rendering
from exams.certificates.filing import known_digests
from exams.certificates.rendering import draw
from lms.exchange.typefaces import face_for, missing, runs
from lms.jobs.actions import enqueue, run_due
from tests.factories.certificates import certify, make_sheet

NAMES = ["王慧敏", "陈䶮", "㛃𬭎喆镕堃昇玥珺晞瑄翀垚淼犇", "阿依古丽·买买提", "Maria Sánchez Ølberg", "李" * 40, "𠅤𬎆王"]


def text_of(data: bytes) -> str:
    shown = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True)
    return shown.stdout.decode().replace("\n", "")


@pytest.mark.parametrize("name", NAMES)
def test_name_can_be_read_back_exactly(name) -> None:
    data = draw(make_sheet(name))
    assert name.replace(" ", "") in text_of(data).replace(" ", "")
    assert name.replace(" ", "") in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages).replace("\n", "").replace(
        " ", ""
    )


def test_file_is_one_small_sheet_with_every_font_inside() -> None:
    data = draw(make_sheet(NAMES[2]))
    (page,) = pypdf.PdfReader(io.BytesIO(data)).pages
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert len(data) < 140_000
    assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
    assert len(fonts) >= 2
    assert all("/FontFile2" in font["/FontDescriptor"] for font in fonts)


def test_same_facts_give_the_same_bytes() -> None:
    assert draw(make_sheet()) == draw(make_sheet())


def test_qr_code_in_the_picture_says_the_address() -> None:
    picture = subprocess.run(["pdftoppm", "-r", "150", "-png", "-"], input=draw(make_sheet()), capture_output=True, check=True)
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture.stdout)))
    assert found.text == make_sheet().address


@pytest.mark.parametrize(
    "trap",
    [
        '<img src="file:///etc/passwd">', '<img src="http://127.0.0.1:9/x">', "<script>1</script>", "{{ settings.SECRET_KEY }}", "{% debug %}",
        "@import url(//127.0.0.1)",
    ],
)  # fmt: skip
def test_markup_in_facts_is_printed_not_obeyed(trap, monkeypatch) -> None:
    def refuse(*args: object) -> None:
        raise AssertionError("a connection was tried")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    data = draw(make_sheet(statement=trap))
    assert trap.replace(" ", "") in text_of(data).replace(" ", "")


def test_layout_error_raises_instead_of_writing(monkeypatch) -> None:
    class Broken:
        err = 1

    monkeypatch.setattr(rendering.pisa, "CreatePDF", lambda *args, **kwargs: Broken())
    with pytest.raises(rendering.NotDrawn):
        draw(make_sheet())


def test_missing_names_each_character_once() -> None:
    assert missing("王慧敏 䶮㛃𬭎·Ab 1") == ""
    assert missing("王\U00031350\U00031351\U00031350") == "\U00031350\U00031351"
    with pytest.raises(ValueError, match=r"U\+31350"):
        draw(make_sheet("\U00031350"))


def test_runs_take_the_fallback_only_for_what_the_bold_face_lacks() -> None:
    assert [piece for _, piece in runs("王䶮敏", bold=True)] == ["王", "䶮", "敏"]
    assert face_for("王", bold=True) != face_for("䶮", bold=True)


def rendered(certificate) -> None:
    enqueue(jobs.RENDER, title="r", by=None, at=timezone.now(), certificate=certificate.pk, again=True)
    run_due()
    certificate.refresh_from_db()


def test_file_is_stored_with_its_digest_and_drawn_anew_to_the_same(county) -> None:
    certificate = certify(county.learner)
    rendered(certificate)
    name, digest = certificate.file, certificate.file_digest
    with storages["private"].open(name) as file:
        assert hashlib.sha256(file.read()).hexdigest() == digest
    storages["private"].delete(name)
    rendered(certificate)
    assert (certificate.file, certificate.file_digest) == (name, digest)
    assert storages["private"].exists(name)
    assert known_digests(certificate) == {digest}
    assert not [left for left in storages["private"].listdir(name.rsplit("/", 1)[0])[1] if left.startswith(".")]
