"""The county before anybody comes in: `python -m tests.e2e.county` lays it in the database of the scratch directory.

Two topics of the shipped library with their questions, four units, one person for each role that the walk needs, and an open exam for the flows.
Whatever the walk itself is to show (a person, an appointment, a paper, a sitting, a certificate) is not here: it is made on screen.
"""

from datetime import timedelta
from decimal import Decimal

import django

TOPICS = (("technical", "03-system-security"), ("civil-servants", "01-overview"))
MORE = (("technical", "01-construction-rules"), ("technical", "02-case-studies"))  # questions for the long paper alone
PASSWORD = "云溪县的考场里没有秘密"
STAFF = {"hr": ("100002", "张国强"), "trainer": ("100001", "李文静"), "centre": ("100003", "陈立群"), "head": ("100005", "何建华")}
LEARNERS = {
    "200001": "王慧敏",
    "200002": "刘慧",
    "200003": "赵立新",
    "200004": "胡雪",
    "200005": "马骏",
    "200006": "孙浩",
    "200007": "周宁",
    "200008": "吴桐",
    "200009": "杨帆",
}
SURNAMES, GIVEN = "钱孔冯褚卫蒋沈韩朱秦尤许", "子涵"
CANDIDATES = {f"2100{n:02}": surname + GIVEN for n, surname in enumerate(SURNAMES * 2)}
EXAM = "信息安全员资格考试（流程检查）"
LONG = "信息安全员资格考试（五十题）"
FIFTY = {"single": 28, "multiple": 8, "true_false": 8, "fill_in": 6}


def lay() -> None:
    from django.core.management import call_command
    from django.utils import timezone

    from content.library.loading import load_library
    from content.library.sources import ROOT, read_topic
    from exams.bank.library import load_questions
    from exams.compliance.models import Requirement, StaffingRule
    from exams.demo.posts import lay_posts, lay_types
    from lms.people.states import Role, UnitKind
    from lms.policy.actions import set_policy
    from lms.policy.defaults import SINCE, lay_defaults
    from lms.policy.keys import Key
    from tests.factories.exams import admit, make_blueprint, make_sitting
    from tests.factories.people import PersonFactory, UnitFactory
    from tests.factories.search import lay_full_text

    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
    lay_full_text()
    now = timezone.now()
    today = timezone.localdate(now)
    lay_defaults(at=now)
    # Nobody waits a quarter of a lesson here: the county has set the share of minutes that must pass to nought.
    set_policy(Key.LESSON_LEAST_SHARE, Decimal(0), valid_from=today, source="测试", by=None, at=now)
    load_library([read_topic(ROOT / tier / folder, tier) for tier, folder in TOPICS + MORE], by=None, at=now)
    load_questions(at=now)
    posts, _new = lay_posts()
    types, _new = lay_types()
    Requirement.objects.create(post=posts["anquan"], certificate_type=types["SEC"], since=SINCE)
    StaffingRule.objects.create(unit_kind=UnitKind.DEPARTMENT, since=SINCE)

    county = UnitFactory(code="yunxi", name="云溪县", kind=UnitKind.COUNTY)
    renshe, xinxi, caizheng = (
        UnitFactory(code=c, name=n, parent=county) for c, n in (("renshe", "县人社局"), ("xinxi", "县信息中心"), ("caizheng", "县财政局"))
    )
    homes = {"hr": renshe, "trainer": xinxi, "centre": xinxi, "head": caizheng}
    for role, (number, name) in STAFF.items():
        person = PersonFactory(staff_number=number, name=name, home_unit=homes[role], post=posts["kezhang"], password=PASSWORD)
        person.grants.create(role=Role(role), unit=caizheng if role == "head" else county, valid_from=SINCE)
    learners = [
        PersonFactory(staff_number=number, name=name, home_unit=renshe, post=posts["keyuan"], password=PASSWORD)
        for number, name in (LEARNERS | CANDIDATES).items()
    ]
    sitting = make_sitting(xinxi, now, title=EXAM, certificate_type=types["SEC"], closes_at=now + timedelta(hours=6))
    admit(sitting, *learners[:-2])
    blueprint = make_blueprint(points="2.0")
    for kind, count in FIFTY.items():
        blueprint.rows.filter(kind=kind).update(count=count)
    admit(make_sitting(xinxi, now, blueprint, title=LONG, closes_at=now + timedelta(hours=6)), *learners[-2:])


if __name__ == "__main__":
    django.setup()
    lay()
