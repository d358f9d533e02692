"""File upload 文件上传题: one file, judged by a person. The answer names it: ``file=<id>:<name>:<sha256>``; the file came in by its own door."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exams.bank.kinds.base import BadValues, Criterion, Fault, Rule, Shape, text_faults
from exams.bank.kinds.sheets import criteria_of, row_faults, sheet_text
from exams.bank.kinds.short.rule import LONGEST_MODEL
from exams.bank.kinds.upload.files import MEGABYTE, MOST_MEGABYTES, TYPES, tidy_name, type_of_name

if TYPE_CHECKING:
    from exams.bank.wording import Wording

FILE = re.compile(r"file=(?P<id>[0-9a-f]{32}):(?P<name>[^:]{1,100}):(?P<sha>[0-9a-f]{64})")


class Upload(Rule):
    """``extra``: ``types`` that are taken and ``megabytes`` at most. The key may hold a rubric and a model answer."""

    name, order, by_hand = "upload", 130, True

    def faults(self, wording: "Wording") -> list[Fault]:
        found = [] if not wording.options and not wording.chosen else [Fault(code="no_options", field="options")]
        types, size = wording.extra.get("types", []), wording.extra.get("megabytes")
        if not types or not set(types) <= set(TYPES):
            found.append(Fault(code="missing", field="types"))
        if not isinstance(size, int) or not 1 <= size <= MOST_MEGABYTES:
            found.append(Fault(code="size", field="megabytes"))
        found += text_faults("model", [wording.key.get("model", "")], LONGEST_MODEL)
        return found + row_faults(wording.key.get("rubric", []), "rubric", needed=False)

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        return Shape(more={"types": list(extra["types"]), "bytes": extra["megabytes"] * MEGABYTE})

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        if not values:
            return []
        found = FILE.fullmatch(values[0])
        if len(values) > 1 or found is None or found["name"] != tidy_name(found["name"]) or type_of_name(found["name"]) not in shape.more["types"]:
            raise BadValues("One file, by its id, name and hash.")
        return list(values)

    def sheet(self, answer: Any, extra: Mapping[str, Any]) -> list[Criterion]:
        return criteria_of(answer.get("rubric", []))

    def key_text(self, wording: "Wording") -> str:
        return "；".join(part for part in (wording.key.get("model", ""), sheet_text(wording.key.get("rubric", []))) if part)


def file_in(values: Sequence[str]) -> tuple[str, str, str]:
    """Id, name and hash of the file an answer names; empty texts for none."""
    found = FILE.fullmatch(values[0]) if values else None
    return (found["id"], found["name"], found["sha"]) if found else ("", "", "")


RULE = Upload()
