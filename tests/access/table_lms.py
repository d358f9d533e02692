"""The rules of the ground floor, of content and of learning."""

from lms.people.states import Act
from tests.access.matrix import Rule

PERSON = lambda o: {"pk": o.owner.pk}  # noqa: E731
UNIT = lambda o: {"code": o.unit.code}  # noqa: E731
HANDOUT = lambda o: {"pk": o.handout.pk}  # noqa: E731
BATCH = lambda o: {"pk": o.batch.pk}  # noqa: E731
JOB = lambda o: {"pk": o.job.pk}  # noqa: E731
LESSON = lambda o: {"pk": o.lesson.pk}  # noqa: E731

MANAGED = {"acts": (Act.MANAGE_PEOPLE,), "arguments": PERSON}
IMPORTED = {"acts": (Act.IMPORT_PEOPLE,), "keeper": "keeper", "arguments": BATCH}
LOOKED_AFTER = {"acts": (Act.SEE_JOBS,), "whole": True, "mine": True, "arguments": JOB}
AUDIT = ("lms_auditrow", "lms_audithead")  # a list that is taken away is noted in the trail

WEB = [
    Rule(name="home"),
    Rule(name="display", open=True, change=True),
    Rule(name="help", open=True),
    Rule(name="privacy", open=True),
    Rule(name="live", open=True),
    Rule(name="ready", open=True),
    Rule(name="sign_in", open=True, both=True),
    Rule(name="sign_out", open=True, change=True),
    Rule(name="profile"),
    Rule(name="password", both=True),
]

PEOPLE = [
    Rule(name="people", acts=(Act.SEE_PEOPLE,)),
    Rule(name="people_export", acts=(Act.SEE_PEOPLE,), writes=AUDIT),
    Rule(name="person_add", acts=(Act.MANAGE_PEOPLE,), both=True),
    Rule(name="people_move", acts=(Act.MANAGE_PEOPLE,), change=True),
    Rule(name="hand_out", acts=(Act.MANAGE_PEOPLE,), both=True),
    Rule(name="handout", acts=(Act.MANAGE_PEOPLE,), keeper="keeper", arguments=HANDOUT),
    Rule(name="handout_take", acts=(Act.MANAGE_PEOPLE,), keeper="keeper", arguments=HANDOUT, change=True),
    Rule(name="person", acts=(Act.SEE_PEOPLE,), arguments=PERSON),
    Rule(name="person_change", both=True, **MANAGED),
    Rule(name="person_appoint", both=True, **MANAGED),
    Rule(name="person_move", both=True, **MANAGED),
    Rule(name="person_retire", both=True, **MANAGED),
    Rule(name="person_reinstate", both=True, **MANAGED),
    Rule(name="person_reset_password", change=True, **MANAGED),
    Rule(
        name="person_reveal_identity", acts=(Act.REVEAL_IDENTITY,), arguments=PERSON, change=True,
        body=lambda o: {"reason": "核对档案"}, shows=("identity",),
    ),
    Rule(name="appointment_end", acts=(Act.MANAGE_PEOPLE,), both=True, arguments=lambda o: {"pk": o.appointment.pk}),
    Rule(name="units", acts=(Act.SEE_PEOPLE,)),
    Rule(name="unit", acts=(Act.SEE_PEOPLE,), arguments=UNIT),
    Rule(name="unit_add", acts=(Act.MANAGE_UNITS,), both=True),
    Rule(name="unit_change", acts=(Act.MANAGE_UNITS,), arguments=UNIT, both=True),
    Rule(name="unit_close", acts=(Act.MANAGE_UNITS,), arguments=UNIT, both=True),
    Rule(name="posts", acts=(Act.SEE_PEOPLE,)),
    Rule(name="post_add", acts=(Act.MANAGE_POSTS,), whole=True, both=True),
    Rule(name="post_change", acts=(Act.MANAGE_POSTS,), whole=True, both=True, arguments=lambda o: {"code": o.post.code}),
    Rule(name="roles", acts=(Act.GRANT_ROLES,)),
    Rule(name="role_grant", acts=(Act.GRANT_ROLES,), both=True),
    Rule(name="role_withdraw", acts=(Act.GRANT_ROLES,), change=True, arguments=lambda o: {"pk": o.grant.pk}),
]  # fmt: skip

ROOMS = [
    Rule(name="imports", acts=(Act.IMPORT_PEOPLE,), both=True),
    Rule(name="import_template", acts=(Act.IMPORT_PEOPLE,)),
    Rule(name="import", **IMPORTED),
    Rule(name="import_start", change=True, **IMPORTED),
    Rule(name="import_undo", change=True, **IMPORTED),
    Rule(name="import_discard", change=True, **IMPORTED),
    Rule(name="import_errors", **IMPORTED),
    Rule(name="notices"),
    Rule(name="notices_read", change=True),
    Rule(name="notice_read", mine=True, change=True, arguments=lambda o: {"pk": o.notice.pk}),
    Rule(name="announcements"),
    Rule(name="announcement", arguments=lambda o: {"pk": o.announcement.pk}),
    Rule(name="announcement_publish", acts=(Act.PUBLISH_NOTICE,), both=True),
    Rule(name="policy"),
    Rule(name="policy_set", acts=(Act.SET_POLICY,), both=True),
    Rule(name="audit", acts=(Act.READ_AUDIT,), whole=True),
    Rule(name="jobs"),
    Rule(name="job", **LOOKED_AFTER),
    Rule(name="job_state", **LOOKED_AFTER),
    Rule(name="job_cancel", change=True, **LOOKED_AFTER),
]

LEARNING = [
    Rule(name="search"),
    Rule(name="learn"),
    Rule(name="topic", arguments=lambda o: {"key": o.topic.key}),
    Rule(name="lesson", arguments=LESSON, writes=("courses_lessonprogress",)),  # when it was opened and last seen
    Rule(name="lesson_check", change=True, arguments=lambda o: {"pk": o.lesson.pk, "block": "c1"}),
    Rule(name="lesson_position", change=True, arguments=LESSON),
    Rule(name="lesson_finish", change=True, arguments=LESSON),
    Rule(name="record"),
    Rule(name="hours", acts=(Act.SEE_PEOPLE,)),
]

RULES = [*WEB, *PEOPLE, *ROOMS, *LEARNING]
