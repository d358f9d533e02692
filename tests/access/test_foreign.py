"""What someone of another unit could try: ids of foreign things in bodies, filters and files. Nothing changes, nothing shows."""

import io
import zipfile
from typing import Any

from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from exams.assessment.gathering import person_year
from exams.assessment.models import AssessmentRecord, ExportBatch
from exams.attempts.watched import TimeGrant
from exams.sittings.models import Candidate, Sitting
from lms.exchange.models import ImportBatch, ImportRow
from lms.jobs.actions import run_due
from lms.notices.models import Announcement, Notice
from lms.people.appointing import move_person
from lms.people.models import Appointment, Person, RoleGrant, Unit
from lms.people.states import Role
from lms.policy.keys import Key
from lms.policy.models import Policy
from tests.access.world import InTheWorld, signed_in
from tests.conftest import NOW, TODAY
from tests.factories.assessment import credit
from tests.factories.compliance import hold
from tests.factories.exams import admit
from tests.factories.exchange import good_row, xlsx
from tests.factories.people import PersonFactory


def sheet_of(response: Any) -> str:
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        return b"".join(book.read(name) for name in book.namelist()).decode("utf-8", "replace")


class TestFromAnotherUnit(InTheWorld):
    def setUp(self) -> None:
        self.foreign, self.stranger, self.township = self.world.foreign, self.world.stranger, self.world.township

    def near(self, role: Role) -> Any:
        return signed_in(self.world.near[role])

    # --- people -------------------------------------------------------------------------------------------------------

    def test_foreign_people_ticked_are_not_moved(self) -> None:
        data = {"s": [self.stranger.pk, self.world.learner.pk], "confirm": "1", "unit": self.world.finance.pk, "day": "2026-11-23"}
        self.near(Role.HR).post(reverse("people_move"), data)
        self.stranger.refresh_from_db()
        assert self.stranger.home_unit_id == self.township.pk
        page = self.near(Role.HR).post(reverse("people_move"), {"s": [self.stranger.pk]}, follow=True)
        assert self.stranger.name not in page.content.decode()

    def test_own_people_cannot_be_sent_into_a_foreign_unit(self) -> None:
        learner, unit, post = self.world.learner, self.township.pk, self.world.clerk.pk
        left = PersonFactory(home_unit=self.world.finance, left_on=TODAY, is_active=False)
        for address, data in (
            (reverse("people_move"), {"s": [learner.pk], "confirm": "1", "unit": unit, "day": "2026-11-23"}),
            (reverse("person_move", args=[learner.pk]), {"unit": unit, "day": "2026-11-23"}),
            (reverse("person_appoint", args=[learner.pk]), {"unit": unit, "post": self.foreign.post.pk, "valid_from": "2026-11-23"}),
            (reverse("person_reinstate", args=[left.pk]), {"unit": unit, "post": post, "day": "2026-11-23"}),
            (
                reverse("person_add"),
                {"name": "新人", "staff_number": "990001", "rank": "section", "unit": unit, "post": post, "valid_from": "2026-11-23"},
            ),
        ):
            with self.subTest(address):
                before = Appointment.objects.filter(unit=self.township).count()
                assert self.near(Role.HR).post(address, data).status_code == 400
                assert Appointment.objects.filter(unit=self.township).count() == before
        assert not Person.objects.filter(staff_number="990001").exists()

    def test_units_are_not_founded_or_moved_under_a_foreign_one(self) -> None:
        client, parent = self.near(Role.HR), self.township.pk
        fields = {"name": "新站", "kind": "village", "parent": parent, "day": "2026-11-23", "order": 0}
        assert client.post(reverse("unit_add"), {**fields, "code": "xinzhan"}).status_code == 400
        assert client.post(reverse("unit_change", args=["caizheng"]), {**fields, "name": "县财政局"}).status_code == 400
        assert not Unit.objects.filter(code="xinzhan").exists()
        assert Unit.objects.get(code="caizheng").path == "yunxi/caizheng/"

    def test_roles_are_not_granted_for_a_foreign_unit_or_to_oneself(self) -> None:
        me = self.world.near[Role.SYSADMIN]
        for person, unit in ((self.world.learner, self.township), (self.world.learner, self.world.root), (me, self.world.finance)):
            data = {"staff_number": person.staff_number, "role": "centre", "unit": unit.pk, "day": "2026-11-23"}
            assert self.near(Role.SYSADMIN).post(reverse("role_grant"), data).status_code == 400
        assert not RoleGrant.objects.filter(person__in=[me, self.world.learner], role="centre").exists()
        data = {"staff_number": self.world.learner.staff_number, "role": "centre", "unit": self.world.finance.pk, "day": "2026-11-23"}
        assert self.near(Role.SYSADMIN).post(reverse("role_grant"), data).status_code == 302

    def test_nobody_gets_the_password_of_someone_who_may_do_more(self) -> None:
        refused = [self.world.wide[Role.SYSADMIN], self.world.wide[Role.AUDITOR], self.world.near[Role.SYSADMIN], self.world.wide[Role.TRAINER]]
        for person in [*refused, self.world.near[Role.HR]]:
            before = Person.objects.get(pk=person.pk).password
            response = self.near(Role.HR).post(reverse("person_reset_password", args=[person.pk]))
            assert (response.status_code, Person.objects.get(pk=person.pk).password == before) == (302, True)
        assert self.near(Role.HR).post(reverse("person_reset_password", args=[self.world.near[Role.TRAINER].pk])).status_code == 200

    def test_leaving_later_and_coming_back_hands_over_no_administrator(self) -> None:
        admin, client = self.world.wide[Role.SYSADMIN], self.near(Role.HR)
        client.post(reverse("person_retire", args=[admin.pk]), {"day": "2026-12-31", "reason": "调离"})
        before = Person.objects.get(pk=admin.pk).password
        data = {"unit": self.world.finance.pk, "post": self.world.clerk.pk, "day": "2026-11-23"}
        assert client.post(reverse("person_reinstate", args=[admin.pk]), data).status_code == 400
        assert Person.objects.get(pk=admin.pk).password == before

    # --- files in -----------------------------------------------------------------------------------------------------

    def test_import_rows_naming_foreign_units_and_people_are_refused(self) -> None:
        into, of = good_row(7), good_row(8)
        into[3], into[4] = "longkou", "龙口乡"
        of[1] = self.stranger.staff_number
        client = self.near(Role.HR)
        client.post(reverse("imports"), {"file": SimpleUploadedFile("名册.xlsx", xlsx([into, of]))})
        batch = ImportBatch.objects.latest("pk")
        assert list(batch.rows.values_list("verdict", flat=True)) == ["refuse", "refuse"]
        assert self.stranger.name not in client.get(reverse("import", args=[batch.pk])).content.decode()

    def test_import_planned_before_a_person_left_the_unit_does_not_fetch_them_back(self) -> None:
        row, client = good_row(9), self.near(Role.HR)
        row[1], row[0], row[2] = self.world.other.staff_number, "周新名", ""
        client.post(reverse("imports"), {"file": SimpleUploadedFile("名册.xlsx", xlsx([row]))})
        batch = ImportBatch.objects.latest("pk")
        assert batch.rows.get().verdict == "change"
        move_person(self.world.other, self.township, day=TODAY, by=self.world.wide[Role.HR], at=NOW)
        client.post(reverse("import_start", args=[batch.pk]))
        run_due()
        assert ImportRow.objects.get(batch=batch).verdict == "refuse"
        person = Person.objects.get(pk=self.world.other.pk)
        assert (person.name, person.home_unit_id) == ("周建国", self.township.pk)

    # --- exams --------------------------------------------------------------------------------------------------------

    def test_foreign_candidates_are_neither_admitted_nor_named(self) -> None:
        client, address = self.near(Role.TRAINER), reverse("candidates_add", args=[self.world.own.sitting.pk])
        text = f"{self.stranger.staff_number}\n{self.stranger.name}\n{self.world.other.staff_number}"
        preview = client.post(address, {"text": text, "do": "preview"})
        assert [known.name for known in preview.context["meant"].found] == [self.world.other.name]
        for data in ({"text": text}, {"text": "", "picked": [self.stranger.pk]}, {"text": "", "unit": self.township.pk}):
            client.post(address, {**data, "do": "confirm"})
        names = set(Candidate.objects.filter(sitting=self.world.own.sitting).values_list("person__name", flat=True))
        assert (self.world.other.name in names, self.stranger.name in names) == (True, False)

    def test_candidate_of_a_foreign_sitting_is_not_removed_through_an_own_one(self) -> None:
        address = reverse("candidate_remove", args=[self.world.own.sitting.pk, self.foreign.candidate.pk])
        assert self.near(Role.TRAINER).post(address).status_code == 404
        assert Candidate.objects.filter(pk=self.foreign.candidate.pk).exists()

    def test_sitting_is_not_made_for_or_given_to_a_foreign_unit(self) -> None:
        own = self.world.own.sitting
        fields = {
            "title": "外单位考试", "blueprint": own.blueprint_id, "unit": self.township.pk,
            "opens_at": "2026-12-01T09:00", "closes_at": "2026-12-01T11:00",
            "duration": 60, "attempts_allowed": 1, "knowledge_percent": 0, "operation_percent": 0, "review": "never",
        }  # fmt: skip
        self.near(Role.TRAINER).post(reverse("sitting_new"), fields)
        self.near(Role.TRAINER).post(reverse("sitting_edit", args=[own.pk]), fields)
        assert not Sitting.objects.filter(title="外单位考试").exists()
        self.near(Role.TRAINER).post(reverse("sitting_new"), {**fields, "unit": self.world.finance.pk})
        assert Sitting.objects.get(title="外单位考试").unit_id == self.world.finance.pk

    def test_invigilator_of_another_unit_grants_no_time_and_collects_nothing(self) -> None:
        address = reverse("watch_attempt", args=[self.foreign.attempt.pk])
        for data in ({"do": "time", "minutes": 10, "reason": "x", "key": "k"}, {"do": "incident", "text": "x"}, {"do": "close", "sure": "1"}):
            assert self.near(Role.INVIGILATOR).post(address, data).status_code == 404
        assert TimeGrant.objects.count() == 0
        assert not hasattr(type(self.foreign.attempt).objects.get(pk=self.foreign.attempt.pk), "hand_in")

    def test_answers_do_not_go_into_somebody_elses_paper(self) -> None:
        client, before = signed_in(self.world.other), self.world.own.attempt.answers.count()
        body = {"e": 1, "s": 1, "i": [{"n": 1, "v": ["a"], "f": 0}]}
        assert client.post(reverse("paper_save", args=[self.world.own.attempt.pk]), body, content_type="application/json").status_code == 404
        assert self.world.own.attempt.answers.count() == before

    def test_results_of_a_joint_sitting_show_own_people_alone(self) -> None:
        for which in (self.world.own.held, self.foreign.held):
            admit(which, PersonFactory(home_unit=self.township, name="外单位考生"))
        client = self.near(Role.UNIT_ADMIN)
        own = reverse("sitting_results", args=[self.world.own.held.pk])
        for address in (own, f"{own}?unit=longkou", f"{own}?q={self.stranger.name}"):
            assert self.stranger.name not in client.get(address).content.decode().replace(f'value="{self.stranger.name}"', "")
        assert self.stranger.name not in sheet_of(client.get(f"{own}?format=xlsx&unit=longkou"))

    # --- lists taken away ---------------------------------------------------------------------------------------------

    def test_exports_asked_for_a_foreign_unit_hold_nobody_of_it(self) -> None:
        for role, name, query in (
            (Role.HR, "people_export", "unit=longkou"),
            (Role.HR, "people_export", "state=all"),
            (Role.UNIT_ADMIN, "hours", "export=xlsx&unit=longkou"),
            (Role.UNIT_ADMIN, "hours", "export=xlsx"),
            (Role.HEAD, "certificates_all", "export=xlsx&unit=longkou"),
            (Role.HR, "certificates_all", "export=xlsx"),
            (Role.HEAD, "coverage", "export=xlsx&unit=longkou"),
            (Role.HR, "coverage", "export=xlsx&day=2025-06-01"),
        ):
            with self.subTest(f"{name}?{query}"):
                text = sheet_of(self.near(role).get(f"{reverse(name)}?{query}"))
                assert [word for word in (self.stranger.name, self.stranger.staff_number, "龙口乡") if word in text] == []
                assert self.stranger.name in sheet_of(signed_in(self.world.wide[role]).get(f"{reverse(name)}?{query}"))

    def test_lists_filtered_by_a_foreign_unit_name_nobody_of_it(self) -> None:
        for role, name in (
            (Role.HR, "people"), (Role.HR, "hours"), (Role.HR, "certificates_all"), (Role.HR, "coverage"), (Role.HR, "assessment"),
            (Role.HR, "assessment_confirm_preview"), (Role.HR, "assessment_batches"), (Role.HR, "units"), (Role.SYSADMIN, "roles"),
            (Role.TRAINER, "sittings"), (Role.UNIT_ADMIN, "results"), (Role.HR, "jobs"), (Role.HR, "imports"),
        ):  # fmt: skip
            with self.subTest(name):
                page = self.near(role).get(f"{reverse(name)}?unit=longkou&state=all&q=")
                assert page.status_code == 200
                assert self.stranger.name not in page.content.decode()

    # --- assessment and coverage --------------------------------------------------------------------------------------

    def test_foreign_material_is_not_confirmed_in_bulk(self) -> None:
        credit(self.stranger, "3")
        shown = f"{self.stranger.pk}:{person_year(self.stranger, 2026, today=TODAY).digest[:16]}"
        before, client = AssessmentRecord.objects.count(), self.near(Role.HR)
        page = client.post(reverse("assessment_confirm_preview"), {"year": 2026, "pick": [shown]})
        assert self.stranger.name not in page.content.decode()
        client.post(reverse("assessment_confirm_many"), {"year": 2026, "shown": shown, "tick": [self.stranger.pk]})
        assert AssessmentRecord.objects.count() == before

    def test_batch_asked_for_a_foreign_unit_holds_nobody_of_it(self) -> None:
        before = set(ExportBatch.objects.values_list("pk", flat=True))
        self.near(Role.HR).post(reverse("assessment_export"), {"year": 2026, "unit": "longkou"})
        run_due()
        made = ExportBatch.objects.exclude(pk__in=before)
        assert not made.exclude(unit__path__startswith=self.world.finance.path).exists()
        assert not made.filter(rows__record__person=self.stranger).exists()

    def test_foreign_people_are_not_reminded(self) -> None:
        for things in (self.world.own, self.foreign):
            things.lacking = hold(things.unit, things.post)
        ticked = {"s": [self.foreign.lacking.person.staff_number, self.world.own.lacking.person.staff_number]}
        self.near(Role.UNIT_ADMIN).post(reverse("coverage_remind"), ticked)
        reminded = Notice.objects.filter(person__in=[self.foreign.lacking.person, self.world.own.lacking.person])
        assert [notice.person for notice in reminded] == [self.world.own.lacking.person]

    def test_announcements_and_figures_are_not_set_in_the_name_of_a_foreign_unit(self) -> None:
        client, before = self.near(Role.HR), (Announcement.objects.count(), Policy.objects.count())
        data = {"number": "云人社〔2026〕99号", "title": "通知", "body": "正文", "issued_by": self.township.pk, "issued_on": "2026-11-23"}
        assert client.post(reverse("announcement_publish"), data).status_code == 400
        for unit in (self.township.pk, self.world.root.pk, ""):
            figure = {"key": Key.HOURS_PER_YEAR.value, "value": "1", "unit": unit, "valid_from": "2026-11-23", "source": "自定"}
            assert client.post(reverse("policy_set"), figure).status_code == 400
        assert (Announcement.objects.count(), Policy.objects.count()) == before
        assert client.post(reverse("policy_set"), {**figure, "unit": self.world.finance.pk}).status_code == 302
        assert client.post(reverse("announcement_publish"), {**data, "issued_by": self.world.finance.pk}).status_code == 302

    # --- notices, jobs, sessions --------------------------------------------------------------------------------------

    def test_reading_a_foreign_notice_marks_nothing(self) -> None:
        assert signed_in(self.world.learner).post(reverse("notice_read", args=[self.foreign.notice.pk])).status_code == 404
        signed_in(self.world.learner).post(reverse("notices_read"))
        self.foreign.notice.refresh_from_db()
        assert self.foreign.notice.read_at is None

    def test_refusals_say_nothing_of_what_is_there(self) -> None:
        client = self.near(Role.HR)
        absent = client.get(reverse("person", args=[999_999])).content.decode()
        there = client.get(reverse("person", args=[self.stranger.pk])).content.decode()
        assert absent.replace("999999", "") == there.replace(str(self.stranger.pk), "")
        assert list(get_messages(client.get(reverse("people")).wsgi_request)) == []
