"""Places, rooms, and which rooms a sitting takes."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exams.sittings.models import Place, Room
from exams.sittings.seating import BadSeats, numbers_in


class PlaceForm(forms.ModelForm[Place]):
    class Meta:
        model = Place
        fields = ["unit", "name", "address", "in_use"]
        help_texts = {"address": _("As printed on entry tickets."), "in_use": _("What is not in use is no longer offered.")}

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        if self.instance.pk is None:
            self.fields.pop("in_use")
            self.initial.setdefault("unit", getattr(units.order_by("path").first(), "pk", None))


class RoomForm(forms.ModelForm[Room]):
    """Seats are numbered row by row from the front left."""

    rows = forms.IntegerField(label=_("Rows"), required=False, min_value=1, max_value=200)

    class Meta:
        model = Room
        fields = ["name", "rows", "columns", "count", "blocked", "in_use"]
        labels = {"columns": _("Seats in a row"), "count": _("Or seats altogether")}
        help_texts = {
            "columns": _("Numbered row by row, from the front left."), "count": _("For a room without rows."),
            "blocked": _("Seats nobody can sit on, for example 3, 7, 12-14."),
        }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["name", "rows", "columns", "count", "blocked", "in_use"])
        self.fields["count"].required = self.fields["columns"].required = False
        if self.instance.pk is None:
            self.fields.pop("in_use")
        elif self.instance.columns:
            self.initial["rows"], self.initial["count"] = self.instance.count // self.instance.columns, None
        else:
            self.initial["columns"] = None

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        if Room.objects.filter(place=self.instance.place, name=name).exclude(pk=self.instance.pk).exists():
            raise ValidationError(gettext("This place has a room of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        rows, columns, count = data.get("rows"), data.get("columns") or 0, data.get("count")
        if bool(rows) != bool(columns):
            self.add_error("columns" if rows else "rows", gettext("Give both rows and seats in a row, or the seats altogether alone."))
        elif rows and count and count != rows * columns:
            self.add_error("count", gettext("This is not rows times seats in a row. Leave it empty."))
        elif not rows and not count:
            self.add_error("count", gettext("Say how many seats there are."))
        data["columns"], data["count"] = columns, rows * columns if rows and columns else count
        seats = data["count"] or 0
        if seats > 2000:
            self.add_error("count", gettext("2000 seats at most."))
        try:
            blocked = numbers_in(data.get("blocked") or "")
        except BadSeats as bad:
            says = gettext("“%(piece)s” is no seat number. Write for example 3, 7, 12-14.")
            self.add_error("blocked", ValidationError(says, params={"piece": bad}))
        else:
            if seats and blocked and max(blocked) > seats:
                self.add_error("blocked", gettext("The room has no seat with this number."))
            elif seats and len(blocked) == seats:
                self.add_error("blocked", gettext("This leaves no seat."))
        return data


class RoomsForm(forms.Form):
    """The rooms of a sitting."""

    rooms = forms.ModelMultipleChoiceField(Room.objects.none(), label=_("Rooms"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["rooms"].queryset = offered  # type: ignore[attr-defined]
