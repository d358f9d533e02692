"""The screen of dated figures: what holds, where from, since when; and setting a new one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lms.people.gates import must
from lms.people.models import Unit
from lms.people.person_views import form_page, take_errors, units_for
from lms.people.scope import may, reach
from lms.people.states import Act
from lms.people.unit_views import asked_day
from lms.policy.actions import set_policy
from lms.policy.forms import FigureForm
from lms.policy.keys import Key
from lms.policy.models import Policy
from lms.web.requests import SignedInRequest


@login_required
@require_GET
def policy(request: SignedInRequest) -> HttpResponse:
    """Figures are no secret: everyone may read by what they are measured; setting them is HR's."""
    day = asked_day(request)
    in_force = Policy.objects.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day)).select_related("unit")
    order = {key: place for place, key in enumerate(Key.values)}
    context = {
        "figures": sorted(in_force, key=lambda row: (order.get(row.key, 99), row.unit.path if row.unit else "")),
        "others": Policy.objects.exclude(pk__in=in_force.values("pk")).select_related("unit").order_by("-valid_from", "key")[:50],
        "day": day,
        "may_set": may(request.user, Act.SET_POLICY, timezone.localdate()),
    }
    return render(request, "lms/policy/policy.html", context)


@login_required
def policy_set(request: SignedInRequest) -> HttpResponse:
    day = must(request, Act.SET_POLICY)
    root = Unit.objects.filter(parent=None).first()
    everywhere = root is not None and root.path in reach(request.user, Act.SET_POLICY, day)
    initial = {"valid_from": day, "key": request.GET.get("key")}
    form = FigureForm(request.POST or None, units=units_for(request, Act.SET_POLICY), everywhere=everywhere, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        try:
            set_policy(Key(data.pop("key")), data.pop("value"), by=request.user, at=timezone.now(), **data)
            messages.success(request, _("The figure was set. Verdicts already given keep the figure they used."))
            return redirect("policy")
        except ValidationError as error:
            take_errors(form, error)
    return form_page(request, form, title=_("Set a figure"), submit=_("Set"), back=reverse("policy"))
