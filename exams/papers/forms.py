"""A blueprint's head and its rows."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from content.models import TierPage, TopicPage
from exams.bank.kinds.screens import kind_choices
from exams.bank.states import Difficulty, Pool
from exams.bank.tagging import tag_of
from exams.papers.models import Blueprint, BlueprintRow
from lms.people.states import Tier
from lms.web.requests import number

EMPTY_ROWS = 3
MORE = ("part", "note", "tag", "rested_months", "seen_below")  # what most rows leave empty


class BlueprintForm(forms.ModelForm[Blueprint]):
    class Meta:
        model = Blueprint
        fields = ["title", "pool", "shuffle_options"]
        help_texts = {
            "pool": _("Questions are drawn from this pool alone."),
            "shuffle_options": _("Every candidate sees the options of a question in an order of their own."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pool"].required = False

    def clean_pool(self) -> str:
        return str(self.cleaned_data["pool"] or Pool.SEALED)


def sources() -> list[tuple[str, Any]]:
    """Where a row may draw from: anywhere, a tier, a topic. Values are ``""``, ``tier:technical``, ``topic:12`` (two queries)."""
    tiers = list(TierPage.objects.order_by("path"))
    topics = list(TopicPage.objects.order_by("path"))
    groups: list[tuple[str, Any]] = [("", gettext("Any topic"))]
    for tier in tiers:
        name = str(Tier(tier.tier).label)
        below = [(f"topic:{topic.pk}", topic.shown_title) for topic in topics if topic.path.startswith(tier.path)]
        groups.append((name, [(f"tier:{tier.tier}", gettext("%(tier)s: any topic") % {"tier": name}), *below]))
    return groups


class RowForm(forms.Form):
    """One row. Left as it is, an empty row is ignored."""

    source = forms.ChoiceField(label=_("Topic"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=kind_choices)
    difficulty = forms.TypedChoiceField(
        label=_("Difficulty"), required=False, coerce=int, empty_value=None, choices=[("", _("Any difficulty")), *Difficulty.choices]
    )
    count = forms.IntegerField(label=_("Questions"), min_value=1, max_value=200)
    points = forms.DecimalField(label=_("Points each"), min_value=0.5, max_value=100, max_digits=4, decimal_places=1)
    part = forms.CharField(label=_("Title of the part"), required=False, max_length=40)
    note = forms.CharField(label=_("Instructions"), required=False, max_length=200)
    tag = forms.CharField(label=_("Tag"), required=False, max_length=20)
    rested_months = forms.IntegerField(label=_("Not shown for months"), required=False, min_value=1, max_value=120)
    seen_below = forms.IntegerField(label=_("Shown to fewer than"), required=False, min_value=1, max_value=100000)

    def __init__(self, *args: Any, choices: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = choices  # type: ignore[attr-defined]
        for name, field in self.fields.items():
            field.widget.attrs["aria-label"] = field.label
            if name in {"count", "points", "rested_months", "seen_below"}:
                field.widget.attrs["class"] = "short"

    def clean_tag(self) -> str:
        return tag_of(self.cleaned_data["tag"])

    def has_changed(self) -> bool:
        """A row counts once it has a number in it; a kind chosen in passing is no row yet."""
        return any(str(self[name].value() or "").strip() for name in ("count", "points"))

    def row(self) -> BlueprintRow:
        """The row this form describes, unsaved."""
        data, (what, _colon, value) = self.cleaned_data, self.cleaned_data["source"].partition(":")
        return BlueprintRow(
            tier=value if what == "tier" else "", topic_id=int(value) if what == "topic" else None, kind=data["kind"],
            difficulty=data["difficulty"], count=data["count"], points=data["points"], **{name: data[name] for name in MORE},
        )  # fmt: skip

    @property
    def conditions(self) -> list[Any]:
        """The fields behind "more": the part and its instructions, tag and use."""
        return [self[name] for name in MORE]

    @property
    def has_conditions(self) -> bool:
        return any(str(self[name].value() or "").strip() or self[name].errors for name in MORE)


def start_of(row: BlueprintRow) -> dict[str, Any]:
    """A saved row as the form's starting values."""
    source = f"topic:{row.topic_id}" if row.topic_id else f"tier:{row.tier}" if row.tier else ""
    start = {"source": source, "kind": row.kind, "difficulty": row.difficulty or "", "count": row.count, "points": row.points}
    return start | {name: getattr(row, name) for name in MORE}


class RowFormSet(forms.BaseFormSet[RowForm]):
    """Rows of a blueprint: at least one that is filled in."""

    def rows(self) -> list[BlueprintRow]:
        """The rows that stay, in order. Call after ``is_valid``."""
        return [form.row() for form in self._staying()]

    def _staying(self) -> list[RowForm]:
        return [form for form in self.forms if form.has_changed() and not form.cleaned_data.get("DELETE")]

    def clean(self) -> None:
        if not any(self.errors) and not self._staying():
            raise forms.ValidationError(gettext("Fill in at least one row."))


def row_formset(data: Any = None, rows: list[BlueprintRow] | None = None) -> RowFormSet:
    """The rows of a blueprint as forms, with a few empty ones below."""
    made = forms.formset_factory(RowForm, formset=RowFormSet, extra=EMPTY_ROWS if rows else 2 * EMPTY_ROWS, can_delete=True, max_num=80)
    initial = [start_of(row) for row in rows or []]
    return made(data, initial=initial, prefix="rows", form_kwargs={"choices": sources()})  # type: ignore[return-value]


def with_more_rows(data: Any) -> Any:
    """The posted rows with a few empty ones added."""
    more = data.copy()
    more["rows-TOTAL_FORMS"] = str(min(80, (number(data.get("rows-TOTAL_FORMS", "")) or 0) + EMPTY_ROWS))
    return more
