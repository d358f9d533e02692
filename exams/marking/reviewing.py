"""What a candidate sees of a result. The table: `docs/algorithms/terms.md`. Plain values in, plain values out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """``marks``: score, pass or not, level. ``parts``: marks by part and dimension. ``answers``: the answers given, keys and explanations."""

    marks: bool = False
    parts: bool = False
    answers: bool = False


def seen(review: str, *, released: bool, over: bool, practice: bool = False) -> Seen:
    """What ``review`` lets a candidate see. ``over``: nobody can be writing this paper any more. A practice counts as released once it is marked."""
    out = released or practice
    answers = {"after_release": out and over, "after_close": over, "at_once": practice}
    return Seen(marks=out, parts=out and review != "never", answers=answers.get(review, False))
