"""An exam under way in 云溪县: bank, sitting, the learner admitted, and the time it is."""

from types import SimpleNamespace

import pytest

from tests.conftest import NOW
from tests.factories.exams import admit, make_bank, make_sitting


@pytest.fixture
def exam(county: SimpleNamespace) -> SimpleNamespace:
    """A sitting of the county, open now, with the learner as its one candidate."""
    bank = make_bank()
    sitting = make_sitting(county.root, NOW)
    (candidate,) = admit(sitting, county.learner)
    return SimpleNamespace(bank=bank, sitting=sitting, candidate=candidate, learner=county.learner, county=county, at=NOW)
