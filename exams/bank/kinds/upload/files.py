"""Files a candidate may hand in: which types, told by what is in them and never by their name. No Django.

The first bytes decide; the office formats are archives whose list of members must name the part that makes them what they are.
"""

import io
import zipfile

MEGABYTE = 1024 * 1024
MOST_MEGABYTES = 10
OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
MAGIC = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
TYPES = ("docx", "xlsx", "pptx", "pdf", "png", "jpg", "txt", "zip")
USUAL = ("docx", "xlsx", "pptx", "pdf", "png", "jpg")
MOST_MEMBERS = 5000


def type_of_name(name: str) -> str:
    """The type a file's name promises, '' for none of ours."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    ending = {"jpeg": "jpg"}.get(ending, ending)
    return ending if ending in TYPES else ""


def is_of_type(content: bytes, kind: str) -> bool:
    """Whether the content is what its name promises. A text is one that reads as UTF-8 or GB18030 without control characters."""
    if kind in MAGIC:
        return content.startswith(MAGIC[kind])
    if kind in OFFICE or kind == "zip":
        return _is_archive(content, OFFICE.get(kind, ""))
    return kind == "txt" and _is_text(content)


def _is_archive(content: bytes, member: str) -> bool:
    if not content.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, RuntimeError):
        return False
    return len(names) <= MOST_MEMBERS and (not member or ("[Content_Types].xml" in names and member in names))


def _is_text(content: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(c) < 32 and c not in "\r\n\t\f" for c in text)
    return False


def tidy_name(name: str, longest: int = 100) -> str:
    """A file's own name without folders, control characters and the signs that part or end an answer; its ending is kept when it is cut."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in last if ord(c) >= 32 and c not in '<>:"|?*\x7f' and not 0xD800 <= ord(c) <= 0xDFFF).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    return plain if len(plain) <= longest or not dot else f"{stem[: longest - len(ending) - 1]}.{ending}"
