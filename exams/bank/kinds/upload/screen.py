"""File upload on screen and paper. The file goes by its own door (`exams.attempts.uploads`); the answer holds its name and hash."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from exams.bank.kinds.base import Face, Shape
from exams.bank.kinds.screens import Screen
from exams.bank.kinds.upload.files import MEGABYTE
from exams.bank.kinds.upload.rule import file_in


class UploadScreen(Screen):
    name, label, hint = "upload", _("File upload"), _("Hand in one file each; a new one takes the place of the one before.")

    def view(self, face: Face, shape: Shape, values: Sequence[str] = ()) -> dict[str, Any]:
        _id, name, sha = file_in(values)
        types = shape.more["types"]
        return {
            "file": values[0].removeprefix("file=") if values else "", "file_name": name, "file_hash": sha[:12], "types": "、".join(types),
            "accept": ",".join(f".{t}" for t in types) + (",.jpeg" if "jpg" in types else ""), "megabytes": shape.more["bytes"] // MEGABYTE,
        }  # fmt: skip

    def given(self, face: Face, shape: Shape, values: Sequence[str]) -> str:
        return file_in(values)[1]


SCREEN = UploadScreen()
