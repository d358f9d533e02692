"""Case group 案例题: several short questions on one text. The points are shared over the parts by their weights; each part is counted by its kind."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exams.bank.kinds import rule_of
from exams.bank.kinds.base import CENT, NOTHING, BadValues, Fault, Option, Rule, Shape, parts_of, share

if TYPE_CHECKING:
    from exams.bank.wording import Wording

PART_KINDS = ("single", "multiple", "true_false", "fill_in", "numeric")
MOST_PARTS, MOST_WEIGHT = 10, 10


class Case(Rule):
    """Extra: ``{"parts": [{"kind", "stem", "options", "extra", "weight"}]}``. Key: ``{"parts": [as each kind keeps it]}``.

    Answer: ``1=a`` for options of part 1, ``2.1=text`` for the first text of part 2.
    """

    name, order = "case", 100

    def faults(self, wording: "Wording") -> list[Fault]:
        parts = parts_in(wording)
        found = [] if 1 <= len(parts) <= MOST_PARTS else [Fault(code="count", field="parts")]
        for place, (part, weight) in enumerate(parts, 1):
            if part.kind not in PART_KINDS:
                found.append(Fault(code="kind", field="parts", place=place))
                continue
            if not part.stem.strip():
                found.append(Fault(code="stem", field="parts", place=place))
            if not 1 <= weight <= MOST_WEIGHT:
                found.append(Fault(code="weight", field="parts", place=place))
            found += [Fault(code=fault.code, field="parts", place=place) for fault in rule_of(part.kind).faults(part)]
        return found

    def shape(self, options: Sequence[str], answer: Any, extra: Mapping[str, Any]) -> Shape:
        shapes = []
        for part, key in zip(extra["parts"], answer["parts"], strict=True):
            one = rule_of(part["kind"]).shape([option["id"] for option in part["options"]], key, part["extra"])
            shapes.append(packed(part["kind"], one))
        return Shape(more={"parts": shapes})

    def drawn(self, shape: Shape, lot: Callable[[str], bytes]) -> Shape:
        parts = []
        for n, part in enumerate(shape.more["parts"]):
            parts.append(packed(part["kind"], rule_of(part["kind"]).drawn(unpacked(part), lambda id_, n=n: lot(f"{n}:{id_}"))))  # type: ignore[misc]
        return Shape(more={"parts": parts})

    def clean(self, shape: Shape, values: Sequence[str]) -> list[str]:
        given = by_part(values, len(shape.more["parts"]))
        kept = []
        for n, part in enumerate(shape.more["parts"], 1):
            one = unpacked(part)
            answer = _texts(given[n], one.blanks) if one.blanks else given[n].get("", [])
            if not one.blanks and set(given[n]) - {""}:
                raise BadValues("This part has no such field.")
            cleaned = rule_of(part["kind"]).clean(one, answer)
            kept += [f"{n}.{i}={text}" for i, text in enumerate(cleaned, 1) if text.strip()] if one.blanks else [f"{n}={id_}" for id_ in cleaned]
        return kept

    def key(self, answer: Any, extra: Mapping[str, Any]) -> list[tuple[str, Any, int, int]]:
        """For each part its kind, its prepared key, how many texts it has and its weight."""
        prepared = []
        for part, key in zip(extra["parts"], answer["parts"], strict=True):
            rule = rule_of(part["kind"])
            blanks = rule.shape([option["id"] for option in part["options"]], key, part["extra"]).blanks
            prepared.append((part["kind"], rule.key(key, part["extra"]), blanks, part.get("weight", 1)))
        return prepared

    def score(self, key: list[tuple[str, Any, int, int]], values: Sequence[str], points: Decimal) -> Decimal:
        given, whole = by_part(values, len(key)), sum(weight for *_rest, weight in key)
        got = NOTHING
        for n, (kind, prepared, blanks, weight) in enumerate(key, 1):
            answer = _texts(given[n], blanks) if blanks else given[n].get("", [])
            if any(answer):
                # a part is counted out of its weight in hundredths, and rounded only once, with the whole
                got += rule_of(kind).score(prepared, answer, Decimal(weight * 100))
        return share(got / 100, whole, points) if whole else NOTHING.quantize(CENT)

    def right(self, wording: "Wording") -> tuple[str, ...]:
        values: list[str] = []
        for n, (part, _weight) in enumerate(parts_in(wording), 1):
            rule = rule_of(part.kind)
            texts = rule.shape([option.id for option in part.options], rule.answer_stored(part), part.extra).blanks
            values += [f"{n}.{i}={text}" if texts else f"{n}={text}" for i, text in enumerate(rule.right(part), 1)]
        return tuple(values)

    def key_text(self, wording: "Wording") -> str:
        return "　".join(f"({n}) {rule_of(part.kind).key_text(part)}" for n, (part, _weight) in enumerate(parts_in(wording), 1))


def parts_in(wording: "Wording") -> list[tuple["Wording", int]]:
    """The parts of a case as wordings of their own, with their weights."""
    made = []
    for part, key in zip(wording.extra.get("parts", []), wording.key.get("parts", []), strict=True):
        options = tuple(Option(id=option["id"], text=option["text"]) for option in part["options"])
        read = rule_of(part["kind"]).read(key) if part["kind"] in PART_KINDS else {}
        made.append(
            (
                type(wording)(
                    kind=part["kind"], dimension=wording.dimension, difficulty=wording.difficulty, stem=part["stem"], options=options,
                    extra=part["extra"], **read,
                ), part.get("weight", 1),
            )
        )  # fmt: skip
    return made


def packed(kind: str, shape: Shape) -> dict[str, Any]:
    """The shape of a part as a paper keeps it."""
    return {"kind": kind, "o": list(shape.options), "b": shape.blanks, "m": dict(shape.more)}


def unpacked(part: Mapping[str, Any]) -> Shape:
    return Shape(options=tuple(part["o"]), blanks=part["b"], more=part["m"])


def by_part(values: Sequence[str], count: int) -> dict[int, dict[str, list[str]]]:
    """The values of each part by field ('' for options). Raises BadValues for a part that is not there."""
    found: dict[int, dict[str, list[str]]] = {n: {} for n in range(1, count + 1)}
    for name, given in parts_of(values).items():
        number, _dot, field = name.partition(".")
        if not (number.isascii() and number.isdigit() and len(number) <= 2 and int(number) in found):
            raise BadValues("No such part.")
        found[int(number)][field] = given
    return found


def _texts(given: Mapping[str, list[str]], blanks: int) -> list[str]:
    """The texts of a part by position, '' where nothing was written. Raises BadValues for a field that is not there, or comes twice."""
    fields = {str(i) for i in range(1, blanks + 1)}
    if not set(given) <= fields or any(len(texts) > 1 for texts in given.values()):
        raise BadValues("No such field of this part.")
    return [given[str(i)][0] if str(i) in given else "" for i in range(1, blanks + 1)] if given else []


RULE = Case()
