"""The rules of proof: bank, papers, sittings, attempts, marking, certificates, coverage, assessment."""

from lms.people.states import Act
from tests.access.matrix import Rule

QUESTION = lambda o: {"pk": o.question.pk}  # noqa: E731
BLUEPRINT = lambda o: {"pk": o.blueprint.pk}  # noqa: E731
PAPER_SET = lambda o: {"pk": o.paper_set.pk}  # noqa: E731
SITTING = lambda o: {"pk": o.sitting.pk}  # noqa: E731
ATTEMPT = lambda o: {"pk": o.attempt.pk}  # noqa: E731
ENDED = lambda o: {"pk": o.ended.pk}  # noqa: E731
NUMBER = lambda o: {"number": o.certificate.number}  # noqa: E731
YEAR = lambda o: {"year": 2026, "pk": o.owner.pk}  # noqa: E731
HANDED_ON = lambda o: {"pk": o.export.pk}  # noqa: E731

WRITES = {"acts": (Act.WRITE_CONTENT,), "anywhere": True}  # bank and blueprints belong to all who write, wherever in the county
PRINTS = {"acts": (Act.WRITE_CONTENT, Act.MANAGE_SITTINGS), "anywhere": True}
HOLDS = {"acts": (Act.MANAGE_SITTINGS,)}
WATCHES = {"acts": (Act.WATCH_SITTINGS,)}
MANAGES = {"acts": (Act.MANAGE_CERTIFICATES,), "arguments": NUMBER}
REQUIRES = {"acts": (Act.MANAGE_REQUIREMENTS,), "whole": True}
CONFIRMS = {"acts": (Act.CONFIRM_ASSESSMENT,)}
EXPORTS = {"acts": (Act.EXPORT_ASSESSMENT,)}
LOOKS = (Act.SEE_COVERAGE, Act.MANAGE_CERTIFICATES)
AUDIT = ("lms_auditrow", "lms_audithead")  # a list that is taken away is noted in the trail

BANK = [
    Rule(name="bank", **WRITES),
    Rule(name="bank_export", change=True, shows=("key",), **WRITES),
    Rule(name="bank_steps", change=True, **WRITES),
    Rule(name="question_new", both=True, arguments=lambda o: {"kind": "single"}, **WRITES),
    Rule(name="question", arguments=QUESTION, shows=("key",), writes=AUDIT, **WRITES),  # a look at a sealed question is noted in the trail
    Rule(name="question_edit", both=True, arguments=QUESTION, shows=("key",), writes=AUDIT, **WRITES),
    Rule(name="question_review", both=True, arguments=QUESTION, **WRITES),
    Rule(name="version_restore", change=True, arguments=lambda o: {"pk": o.question.pk, "number": 1}, **WRITES),
    Rule(name="papers", **WRITES),
    Rule(name="blueprint_new", both=True, **WRITES),
    Rule(name="blueprint", arguments=BLUEPRINT, **WRITES),
    Rule(name="blueprint_edit", both=True, arguments=BLUEPRINT, **WRITES),
    Rule(name="blueprint_copy", change=True, arguments=BLUEPRINT, **WRITES),
    Rule(name="blueprint_make", change=True, arguments=BLUEPRINT, **WRITES),
    Rule(name="blueprint_sample", arguments=BLUEPRINT, writes=AUDIT, **PRINTS),  # a look at a sealed paper is noted in the trail
    Rule(name="blueprint_print", change=True, arguments=BLUEPRINT, body=lambda o: {"what": "paper"}, **PRINTS),
    Rule(name="paper_sets", **WRITES),
    Rule(name="paper_set_new", both=True, **WRITES),
    Rule(name="paper_set", arguments=PAPER_SET, **WRITES),
    Rule(name="paper_set_pick", both=True, arguments=PAPER_SET, **WRITES),
    Rule(name="paper_set_change", change=True, arguments=PAPER_SET, body=lambda o: {"do": "points"}, **WRITES),
    Rule(name="paper_set_copy", change=True, arguments=PAPER_SET, **WRITES),
    Rule(name="paper_set_preview", arguments=PAPER_SET, writes=AUDIT, **PRINTS),
    Rule(name="paper_set_print", change=True, arguments=PAPER_SET, body=lambda o: {"what": "paper"}, **PRINTS),
    Rule(name="paper_printed", keeper="printer", arguments=lambda o: {"job": o.print_job.pk}, **PRINTS),
]

SITTINGS = [
    Rule(name="sittings", **HOLDS),
    Rule(name="sitting_new", both=True, **HOLDS),
    Rule(name="sitting", arguments=SITTING, **HOLDS),
    Rule(name="sitting_edit", both=True, arguments=SITTING, **HOLDS),
    Rule(name="sitting_cancel", both=True, arguments=SITTING, **HOLDS),
    Rule(name="candidates", arguments=SITTING, **HOLDS),
    Rule(name="candidates_add", change=True, arguments=SITTING, **HOLDS),
    Rule(name="candidates_export", change=True, arguments=SITTING, **HOLDS),
    Rule(name="candidate_remove", change=True, arguments=lambda o: {"pk": o.sitting.pk, "candidate": o.candidate.pk}, **HOLDS),
]

SEEN = {"acts": (Act.MANAGE_SITTINGS, Act.WATCH_SITTINGS)}
OF_SEAT = lambda o: {"pk": o.sitting.pk, "candidate": o.candidate.pk}  # noqa: E731
ROOMS = [
    Rule(name="places", **HOLDS),
    Rule(name="place_new", both=True, **HOLDS),
    Rule(name="place", both=True, arguments=lambda o: {"pk": o.place.pk}, **HOLDS),
    Rule(name="room_new", both=True, arguments=lambda o: {"pk": o.place.pk}, **HOLDS),
    Rule(name="room", both=True, arguments=lambda o: {"pk": o.place.pk, "room": o.room.pk}, **HOLDS),
    Rule(name="sitting_rooms", change=True, arguments=SITTING, **HOLDS),
    Rule(name="sitting_seats", arguments=SITTING, **HOLDS),
    Rule(name="seats_give", change=True, arguments=SITTING, **HOLDS),
    Rule(name="seats_clear", change=True, arguments=SITTING, **HOLDS),
    Rule(name="seat_move", both=True, arguments=OF_SEAT, **HOLDS),
    Rule(name="seats_print", arguments=lambda o: {"pk": o.sitting.pk, "kind": "door"}, **SEEN),
    Rule(name="tickets", arguments=SITTING, **HOLDS),
    Rule(name="tickets_issue", change=True, arguments=SITTING, **HOLDS),
    Rule(name="ticket_again", change=True, arguments=OF_SEAT, **SEEN),
    Rule(name="sitting_doors", both=True, arguments=SITTING, **HOLDS),
    Rule(name="door_log", arguments=SITTING, **SEEN),
    Rule(name="exam_ticket", open=True, both=True),
]

EXCEPTIONS = [
    Rule(name="accommodations", acts=(Act.MANAGE_SITTINGS, Act.WATCH_SITTINGS), arguments=SITTING),
    Rule(name="accommodation_new", both=True, arguments=lambda o: {"pk": o.sitting.pk, "what": "person"}, **HOLDS),
    Rule(name="accommodation_edit", both=True, arguments=lambda o: {"pk": o.sitting.pk, "row": o.exception.pk}, **HOLDS),
    Rule(name="accommodation_end", change=True, arguments=lambda o: {"pk": o.sitting.pk, "row": o.exception.pk}, **HOLDS),
    Rule(name="accommodations_copy", change=True, arguments=SITTING, **HOLDS),
    Rule(name="standing", both=True, **HOLDS),
    Rule(name="standing_end", change=True, arguments=lambda o: {"row": o.standing.pk}, **HOLDS),
    Rule(name="sitting_preview", arguments=SITTING, writes=AUDIT, **HOLDS),
]

ATTEMPTS = [
    Rule(name="exam_entry", mine=True, arguments=SITTING),
    Rule(name="exam_start", mine=True, change=True, arguments=SITTING, body=lambda o: {"key": "a-key-of-the-matrix"}),
    Rule(name="watch_list", **WATCHES),
    Rule(name="watch", arguments=SITTING, **WATCHES),
    Rule(name="watch_attempt", both=True, arguments=ATTEMPT, **WATCHES),
    Rule(name="watch_act", change=True, arguments=SITTING, **WATCHES),
    Rule(name="watch_outage", both=True, arguments=SITTING, **WATCHES),
    Rule(name="watch_incidents", both=True, arguments=SITTING, **WATCHES),
    Rule(name="watch_late", both=True, arguments=SITTING, **WATCHES),
    Rule(name="watch_file", both=True, arguments=SITTING, **WATCHES),
    Rule(name="watch_decide", change=True, arguments=lambda o: {"pk": o.decision.pk}, **WATCHES),
    Rule(name="paper", mine=True, both=True, arguments=ATTEMPT),
    Rule(name="paper_save", mine=True, change=True, script=True, arguments=ATTEMPT, body=lambda o: {"e": 1, "s": 9, "i": []}),
    Rule(name="paper_clock", mine=True, script=True, arguments=ATTEMPT, writes=("exams_heartbeat",)),
    Rule(name="paper_pulse", mine=True, change=True, script=True, arguments=ATTEMPT, body=lambda o: {"e": 1, "f": 1, "ms": 2500}),
    Rule(name="hand_in", mine=True, both=True, arguments=ATTEMPT),
    Rule(name="paper_continue", mine=True, change=True, arguments=ATTEMPT, body=lambda o: {"key": "a-key-of-the-matrix"}),
    Rule(name="receipt", mine=True, arguments=ENDED),
]

MARKS = {"acts": (Act.MARK_ANSWERS,)}
EXAMINES = {"acts": (Act.WATCH_SITTINGS, Act.MARK_ANSWERS)}
PIECE = lambda o: {"sitting": o.held.pk, "version": o.piece.version_id, "number": o.piece.number}  # noqa: E731
HAND_WORK = [
    Rule(name="paper_upload", mine=True, change=True, arguments=lambda o: {"pk": o.attempt.pk, "n": 1}),
    Rule(name="marking", **MARKS),
    Rule(name="marking_queue", arguments=lambda o: {"sitting": o.held.pk, "version": o.piece.version_id}, **MARKS),
    Rule(name="marking_piece", both=True, arguments=PIECE, **MARKS),
    Rule(name="marking_file", arguments=PIECE, **MARKS),
    Rule(name="stations", **EXAMINES),
    Rule(name="station_list", arguments=SITTING, **EXAMINES),
    Rule(name="station", both=True, arguments=lambda o: {"pk": o.sitting.pk, "attempt": o.attempt.pk, "n": o.station}, **EXAMINES),
]

MARKING = [
    Rule(name="exams"),
    Rule(name="result", mine=True, arguments=ENDED, shows=("key",)),  # released, over for everyone, and the sitting shows answers
    Rule(name="results", acts=(Act.SEE_RESULTS,)),
    Rule(name="sitting_results", acts=(Act.SEE_RESULTS,), arguments=lambda o: {"pk": o.held.pk}),
    Rule(name="release_results", acts=(Act.RELEASE_RESULTS,), change=True, arguments=lambda o: {"pk": o.held.pk}),
]

CERTIFICATES = [
    Rule(name="certificates"),
    Rule(name="certificates_all", acts=LOOKS),
    Rule(name="certificate", acts=LOOKS, arguments=NUMBER),
    Rule(name="certificate_revoke", change=True, **MANAGES),
    Rule(name="certificate_draw", change=True, **MANAGES),
    Rule(name="certificate_file", mine=True, acts=LOOKS, arguments=NUMBER),
    Rule(name="verify", open=True, both=True),
    Rule(name="verified", open=True, both=True, arguments=lambda o: {"code": o.certificate.code}),
]

COVERAGE = [
    Rule(name="coverage", acts=(Act.SEE_COVERAGE,)),
    Rule(name="coverage_remind", acts=(Act.SEE_COVERAGE,), change=True),
    Rule(name="coverage_unit", acts=(Act.SEE_COVERAGE,), arguments=lambda o: {"code": o.unit.code}),
    Rule(name="requirements", **REQUIRES),
    Rule(name="requirement_add", change=True, **REQUIRES),
    Rule(name="requirement_end", change=True, arguments=lambda o: {"pk": o.requirement.pk}, **REQUIRES),
    Rule(name="staffing_add", change=True, **REQUIRES),
    Rule(name="staffing_end", change=True, arguments=lambda o: {"pk": o.staffing.pk}, **REQUIRES),
]

ASSESSMENT = [
    Rule(name="assessment", **CONFIRMS),
    Rule(name="assessment_confirm_preview", both=True, **CONFIRMS),
    Rule(name="assessment_confirm_many", change=True, **CONFIRMS),
    Rule(name="assessment_export", change=True, **EXPORTS),
    Rule(name="assessment_batches", **EXPORTS),
    Rule(name="assessment_batch", arguments=HANDED_ON, **EXPORTS),
    Rule(name="assessment_batch_file", arguments=lambda o: {"pk": o.export.pk, "extension": "xlsx"}, writes=AUDIT, **EXPORTS),
    Rule(name="assessment_batch_identity", change=True, arguments=HANDED_ON, shows=("identity",), **EXPORTS),
    Rule(name="assessment_batch_correct", change=True, arguments=HANDED_ON, **EXPORTS),
    Rule(name="assessment_mine"),
    Rule(name="assessment_object", change=True, mine=True, body=lambda o: {"record": o.record.pk, "year": 2026, "text": "少了一次讲座"}),
    Rule(name="assessment_copy"),
    Rule(name="assessment_answer", change=True, arguments=lambda o: {"pk": o.objection.pk}, **CONFIRMS),
    Rule(name="assessment_person", arguments=YEAR, **CONFIRMS),
    Rule(name="assessment_sheet", mine=True, arguments=YEAR, **CONFIRMS),
    Rule(name="assessment_confirm", change=True, arguments=YEAR, **CONFIRMS),
    Rule(name="assessment_return", change=True, arguments=YEAR, **CONFIRMS),
]

RULES = [*BANK, *SITTINGS, *EXCEPTIONS, *ROOMS, *ATTEMPTS, *MARKING, *HAND_WORK, *CERTIFICATES, *COVERAGE, *ASSESSMENT]
