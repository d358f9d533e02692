"""A figure nobody has set: the page says which, and nothing fails."""

from datetime import timedelta

from django.db.models import F
from django.urls import reverse

from lms.policy.keys import Key
from lms.policy.models import Policy


def test_page_names_the_figure_that_is_missing(county, client) -> None:
    Policy.objects.filter(key=Key.EXPIRY_WARNING_DAYS).update(valid_to=F("valid_from") + timedelta(days=1))
    client.force_login(county.learner)
    response = client.get(reverse("certificates"))
    assert response.status_code == 503
    assert str(Key.EXPIRY_WARNING_DAYS.label) in response.content.decode()
