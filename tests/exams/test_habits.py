"""Addresses and forms as they come after years, from old links and restored pages."""

import pytest
from django.test import Client
from django.urls import reverse


@pytest.mark.parametrize("day", ["0001-01-01", "1949-12-31", "9999-12-31"])
def test_coverage_of_a_day_nobody_means_is_shown_all_the_same(county, day) -> None:
    client = Client()
    client.force_login(county.hr)
    assert client.get(reverse("coverage"), {"day": day}).status_code == 200


def test_objection_to_a_record_that_is_no_number_is_not_found(county) -> None:
    client = Client()
    client.force_login(county.learner)
    assert client.post(reverse("assessment_object"), {"record": "abc", "year": "2026", "text": "学时有误"}).status_code == 404


def test_ticks_are_not_restored_by_the_browser_onto_other_rows(county) -> None:
    client = Client()
    client.force_login(county.hr)
    for name in ("people", "coverage", "assessment", "assessment_confirm_preview"):
        html = client.get(reverse(name)).content.decode()
        for form in html.split("<form ")[1:]:
            if 'type="checkbox"' in form.split("</form>")[0]:
                assert 'autocomplete="off"' in form.split(">")[0]
