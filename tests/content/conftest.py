"""What tests of content may ask for."""

import pytest
from django.db import connection

from tests.factories.search import lay_full_text


@pytest.fixture
def full_text(db: None) -> None:
    """A database in which search works."""
    if connection.vendor == "sqlite":
        lay_full_text()
