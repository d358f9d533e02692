"""Kinds of questions. Each is a folder: `rule.py` (what it is and what an answer is worth, no Django), `screen.py` (labels, what templates need),
`form.py` (how it is written), and its templates in `exams/kinds/<name>/`. A folder that is there is a kind: nothing else names it."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from exams.bank.kinds.base import Rule


@cache
def rules() -> dict[str, Rule]:
    """Every kind's rule by name, in the order in which their parts stand on a paper."""
    folders = sorted(found.name for found in iter_modules(__path__) if found.ispkg)
    made: list[Rule] = [import_module(f"{__name__}.{folder}.rule").RULE for folder in folders]
    return {rule.name: rule for rule in sorted(made, key=lambda rule: rule.order)}


def rule_of(kind: str) -> Rule:
    """The rule of a kind. Raises KeyError for a kind that is not there."""
    return rules()[kind]
