"""Is an answer to a self-check right? No Django here."""

from collections.abc import Sequence

from content.lessons.typed import normal


def chosen_right(given: Sequence[int], correct: Sequence[bool]) -> bool:
    """Exactly the right options are chosen, by index."""
    return set(given) == {index for index, right in enumerate(correct) if right}


def accepted_answers(text: str) -> list[list[str]]:
    """Read accepted answers: one variant a line, an empty line begins the next blank."""
    return [[line.strip() for line in part.splitlines() if line.strip()] for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def filled_right(given: Sequence[str], accepted: str) -> bool:
    """Every blank holds one of its accepted answers."""
    blanks = accepted_answers(accepted)
    return len(given) == len(blanks) and all(normal(text) in {normal(a) for a in variants} for text, variants in zip(given, blanks, strict=True))
