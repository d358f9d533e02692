"""Where: one county, 22 departments and one that was closed, 16 townships, 120 village points."""

from datetime import date

from exams.demo.days import month
from lms.people.models import Unit, UnitPlacement
from lms.people.states import UnitKind

ROOT = "yunxi"
FOUNDED = date(2010, 1, 1)

DEPARTMENTS = [
    ("weiban", "县委办公室", "County Party Committee Office"),
    ("zhengban", "县政府办公室", "County Government Office"),
    ("zuzhi", "县委组织部", "Organisation Department"),
    ("xuanchuan", "县委宣传部", "Publicity Department"),
    ("fagai", "县发改委", "Development and Reform Commission"),
    ("jiaoyu", "县教育局", "Education Bureau"),
    ("gongxin", "县工信局", "Industry and Information Technology Bureau"),
    ("gongan", "县公安局", "Public Security Bureau"),
    ("minzheng", "县民政局", "Civil Affairs Bureau"),
    ("sifa", "县司法局", "Justice Bureau"),
    ("caizheng", "县财政局", "Finance Bureau"),
    ("renshe", "县人社局", "Human Resources and Social Security Bureau"),
    ("ziran", "县自然资源局", "Natural Resources Bureau"),
    ("zhujian", "县住建局", "Housing and Construction Bureau"),
    ("jiaotong", "县交通运输局", "Transport Bureau"),
    ("shuili", "县水利局", "Water Resources Bureau"),
    ("nongye", "县农业农村局", "Agriculture and Rural Affairs Bureau"),
    ("shangwu", "县商务局", "Commerce Bureau"),
    ("wenlv", "县文旅局", "Culture and Tourism Bureau"),
    ("weijian", "县卫健委", "Health Commission"),
    ("yingji", "县应急管理局", "Emergency Management Bureau"),
    ("xinxi", "县信息中心", "County Information Centre"),
]
CLOSED = ("xinfang", "县信访接待站", "Petition Reception Station")
TOWNSHIPS = [
    ("longkou", "龙口乡", "Longkou Township"),
    ("liping", "里坪镇", "Liping Town"),
    ("quyang", "曲阳乡", "Quyang Township"),
    ("gaochuan", "高川镇", "Gaochuan Town"),
    ("qingshi", "青石镇", "Qingshi Town"),
    ("baisha", "白沙镇", "Baisha Town"),
    ("shiqiao", "石桥镇", "Shiqiao Town"),
    ("dongtang", "东塘乡", "Dongtang Township"),
    ("meiling", "梅岭乡", "Meiling Township"),
    ("shuangxi", "双溪镇", "Shuangxi Town"),
    ("fenglin", "枫林镇", "Fenglin Town"),
    ("nankeng", "南坑乡", "Nankeng Township"),
    ("yanghu", "洋湖乡", "Yanghu Township"),
    ("dayuan", "大源镇", "Dayuan Town"),
    ("chating", "茶亭镇", "Chating Town"),
    ("yunmen", "云门乡", "Yunmen Township"),
]
VILLAGE_NAMES = [first + second + "村" for second in "源坪湾塘岭" for first in "上下东西南北前后新老大小高平石清黄白青长双桥竹松"]


def village_codes(township: str) -> list[str]:
    """Codes of the village points of one township: eight in the first eight townships, seven in the others."""
    index = [code for code, *_ in TOWNSHIPS].index(township)
    return [f"{township}-{n:02d}" for n in range(1, (8 if index < 8 else 7) + 1)]


def lay_places(today: date) -> dict[str, Unit]:
    """Insert all units with their placements; returns them by code.

    Two carry history: 里坪镇 was a township 乡 until last year, 县文旅局 was 县文化广电局 until the year before.
    """
    units: dict[str, Unit] = {}

    def plan(code: str, name: str, name_en: str, kind: UnitKind, parent: Unit | None, *, order: int, closed: date | None = None) -> Unit:
        path = (parent.path if parent else "") + code + "/"
        units[code] = Unit(
            code=code, name=name, name_en=name_en, kind=kind, parent=parent, path=path, order=order, founded_on=FOUNDED, closed_on=closed
        )
        return units[code]

    root = plan(ROOT, "云溪县", "Yunxi County", UnitKind.COUNTY, None, order=0)
    root.save()
    for order, (code, name, name_en) in enumerate(DEPARTMENTS, start=1):
        plan(code, name, name_en, UnitKind.DEPARTMENT, root, order=order)
    plan(*CLOSED, UnitKind.DEPARTMENT, root, order=90, closed=date(today.year - 1, 7, 1))
    for order, (code, name, name_en) in enumerate(TOWNSHIPS, start=101):
        plan(code, name, name_en, UnitKind.TOWNSHIP, root, order=order)
    Unit.objects.bulk_create([unit for unit in units.values() if unit.pk is None])
    names = iter(VILLAGE_NAMES)
    for code, name, _en in TOWNSHIPS:
        for number, village in enumerate(village_codes(code), start=1):
            plan(village, f"{name}{next(names)}", "", UnitKind.VILLAGE, units[code], order=number)
    Unit.objects.bulk_create([unit for unit in units.values() if unit.pk is None])
    _place(units, today)
    return units


def _place(units: dict[str, Unit], today: date) -> None:
    renamed = {"liping": ("里坪乡", date(today.year - 1, 3, 1)), "wenlv": ("县文化广电局", month(today, -22))}
    rows = []
    for unit in units.values():
        since = unit.founded_on
        if unit.code in renamed:
            old_name, day = renamed[unit.code]
            rows.append(UnitPlacement(unit=unit, name=old_name, path=unit.path, valid_from=since, valid_to=day))
            since = day
        rows.append(UnitPlacement(unit=unit, name=unit.name, path=unit.path, valid_from=since, valid_to=unit.closed_on))
    UnitPlacement.objects.bulk_create(rows)
