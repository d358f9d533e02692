"""Posts, and which certificate each calls for."""

from datetime import date

from exams.certificates.models import CertificateType
from exams.compliance.models import Requirement, StaffingRule
from lms.people.models import Post
from lms.people.states import Tier, UnitKind

POSTS = [
    ("xianling", "县级领导", "County leader", Tier.LEADERS),
    ("juzhang", "局长（主任）", "Head of department", Tier.LEADERS),
    ("xiangzhang", "乡镇长", "Head of township", Tier.LEADERS),
    ("fenguan", "分管领导（信息安全第一责任人）", "Deputy head, first responsible for security", Tier.LEADERS),
    ("kezhang", "科长（股长）", "Section chief", Tier.CIVIL_SERVANTS),
    ("keyuan", "科员", "Officer", Tier.CIVIL_SERVANTS),
    ("wenshu", "公文办理岗", "Document clerk", Tier.CIVIL_SERVANTS),
    ("xinxiguanli", "单位信息管理员", "Unit information administrator", Tier.CIVIL_SERVANTS),
    ("cunxinxi", "村级信息员", "Village information assistant", Tier.CIVIL_SERVANTS),
    ("zhuguan", "信息部门主管", "Head of specialist unit", Tier.TECHNICAL),
    ("anquan", "信息安全员", "Information security officer", Tier.TECHNICAL),
    ("wangluo", "网络管理员", "Network administrator", Tier.TECHNICAL),
    ("shujuku", "数据库管理员", "Database administrator", Tier.TECHNICAL),
    ("xiangjishu", "乡镇信息技术员", "Township technician", Tier.TECHNICAL),
]
ISSUER = "云溪县人力资源和社会保障局　云溪县信息中心"
ISSUER_EN = "Yunxi County Human Resources and Social Security Bureau and Yunxi County Information Centre"
TYPES = [
    (
        "SEC", "信息安全员岗位合格证", "Certificate of Competence, Information Security Officer", None, True,
        "经信息安全员岗位资格考试合格，具备本岗位所需的网络与信息安全知识和操作能力，准予持证上岗。",
        "has passed the qualifying examination for information security officers and is competent to hold that post.",
    ),
    (
        "NET", "网络管理员岗位合格证", "Certificate of Competence, Network Administrator", None, True,
        "经网络管理员岗位资格考试合格，具备电子政务网络的建设、操作和维护能力，准予持证上岗。",
        "has passed the qualifying examination for network administrators and is competent to hold that post.",
    ),
    (
        "DBA", "数据库管理员岗位合格证", "Certificate of Competence, Database Administrator", None, True,
        "经数据库管理员岗位资格考试合格，具备数据库管理与备份维护能力，准予持证上岗。",
        "has passed the qualifying examination for database administrators and is competent to hold that post.",
    ),
    (
        "LDR", "信息安全第一责任人培训合格证", "Certificate of Training, First Responsible Person for Security", None, False,
        "经信息安全第一责任人专题培训考核合格，熟悉本单位网络安全工作责任制的要求。",
        "has completed the training for first responsible persons for security and passed its examination.",
    ),
    (
        "EGOV", "电子政务培训合格证", "Certificate of E-Government Training", 0, False,
        "经电子政务培训结业考试合格，达到公务员电子政务应用的培训要求。",
        "has passed the final examination of the e-government training for civil servants.",
    ),
]  # fmt: skip
REQUIREMENTS = [("anquan", "SEC"), ("wangluo", "NET"), ("shujuku", "DBA"), ("fenguan", "LDR")]


def lay_posts() -> tuple[dict[str, Post], list[int]]:
    """Insert the posts that are not there; returns all by code, and the keys of those that were made."""
    present = {post.code for post in Post.objects.filter(code__in=[code for code, *_ in POSTS])}
    new = [
        Post(code=code, name=name, name_en=name_en, tier=tier, order=order)
        for order, (code, name, name_en, tier) in enumerate(POSTS, start=1)
        if code not in present
    ]
    Post.objects.bulk_create(new)
    return {post.code: post for post in Post.objects.filter(code__in=[code for code, *_ in POSTS])}, [post.pk for post in new]


def lay_types() -> tuple[dict[str, CertificateType], list[int]]:
    """Insert the certificate types that are not there; returns all by code, and the keys of those that were made."""
    present = set(CertificateType.objects.values_list("code", flat=True))
    new = [
        CertificateType(
            code=code, name=name, name_en=name_en, months=months, counts_as_technician=technician,
            statement=statement, statement_en=statement_en, issuer=ISSUER, issuer_en=ISSUER_EN,
        )
        for code, name, name_en, months, technician, statement, statement_en in TYPES
        if code not in present
    ]  # fmt: skip
    CertificateType.objects.bulk_create(new)
    return {kind.code: kind for kind in CertificateType.objects.filter(code__in=[code for code, *_ in TYPES])}, [kind.pk for kind in new]


def lay_requirements(posts: dict[str, Post], types: dict[str, CertificateType], since: date) -> list[int]:
    """Insert the requirements, and the staffing rules for departments and townships where none stands; returns the keys of the new rules."""
    open_ones = set(Requirement.objects.filter(until=None).values_list("post__code", "certificate_type__code"))
    Requirement.objects.bulk_create(
        [Requirement(post=posts[post], certificate_type=types[kind], since=since) for post, kind in REQUIREMENTS if (post, kind) not in open_ones]
    )
    ruled = set(StaffingRule.objects.filter(until=None).values_list("unit_kind", flat=True))
    kinds = [kind for kind in (UnitKind.DEPARTMENT, UnitKind.TOWNSHIP) if kind.value not in ruled]
    return [rule.pk for rule in StaffingRule.objects.bulk_create([StaffingRule(unit_kind=kind, since=since) for kind in kinds])]
