"""Papers for tests."""

from exams.papers.assembling import drawn_forms
from exams.papers.models import Blueprint, PaperSet
from exams.papers.set_actions import keep_drawn
from exams.papers.stock import rows_of, stock_for
from tests.conftest import NOW


def make_paper_set(blueprint: Blueprint, forms: int = 1, common_percent: int = 0, title: str = "期末试卷") -> PaperSet:
    """A set drawn from a blueprint in so many forms."""
    rows = rows_of(blueprint)
    drawn = drawn_forms(rows, stock_for(rows, blueprint.pool), "seed", forms=forms, percent=common_percent)
    paper_set = PaperSet(title=title, seed="seed", common_percent=common_percent)
    return keep_drawn(paper_set, blueprint, drawn, by=None, at=NOW)
