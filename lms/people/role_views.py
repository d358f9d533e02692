"""The system administrator's screen: who holds which role for which units."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lms.people import roles as verbs
from lms.people.forms import GrantForm
from lms.people.gates import must
from lms.people.models import Person, RoleGrant
from lms.people.names import tidy
from lms.people.person_views import form_page, take_errors, units_for
from lms.people.scope import PERMITS, reach, within
from lms.people.states import Act, Role
from lms.web.requests import SignedInRequest


@login_required
@require_GET
def roles(request: SignedInRequest) -> HttpResponse:
    day = must(request, Act.GRANT_ROLES)
    rows = RoleGrant.objects.filter(within(reach(request.user, Act.GRANT_ROLES, day), "unit__path"))
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=day)).select_related("person", "person__home_unit", "unit")
    role, q = request.GET.get("role", ""), tidy(request.GET.get("q", ""))
    if role in Role.values:
        rows = rows.filter(role=role)
    if q:
        rows = rows.filter(Q(person__name__icontains=q) | Q(person__staff_number__startswith=q) | Q(person__pinyin__startswith=q.lower()))
    page = Paginator(rows.order_by("role", "unit__path", "person__staff_number"), 50).get_page(request.GET.get("page"))
    table = [(held, sorted(acts)) for held, acts in PERMITS.items()]
    acts = [(held.label, [Act(act).label for act in permitted]) for held, permitted in table]
    return render(request, "lms/people/roles.html", {"page": page, "choices": Role.choices, "role": role, "q": q, "permits": acts})


@login_required
def role_grant(request: SignedInRequest) -> HttpResponse:
    day = must(request, Act.GRANT_ROLES)
    initial = {"day": day, "staff_number": request.GET.get("person")}
    form = GrantForm(request.POST or None, units=units_for(request, Act.GRANT_ROLES), initial=initial)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        subject = Person.objects.filter(staff_number=tidy(data["staff_number"])).first()
        if subject is None:
            form.add_error("staff_number", _("Nobody has this staff number."))
        else:
            try:
                verbs.grant_role(subject, Role(data["role"]), data["unit"], day=data["day"], by=request.user, at=timezone.now())
                messages.success(request, _("%(name)s was granted the role.") % {"name": subject.name})
                return redirect("roles")
            except ValidationError as error:
                take_errors(form, error)
    return form_page(request, form, title=_("Grant a role"), submit=_("Grant"), back=reverse("roles"))


@login_required
@require_POST
def role_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    day = must(request, Act.GRANT_ROLES)
    rows = RoleGrant.objects.filter(within(reach(request.user, Act.GRANT_ROLES, day), "unit__path"))
    grant = get_object_or_404(rows.filter(Q(valid_to=None) | Q(valid_to__gt=day)).select_related("person", "unit"), pk=pk)
    if grant.person_id == request.user.pk and grant.role == Role.SYSADMIN:
        messages.error(request, _("Nobody can withdraw their own role as system administrator."))
        return redirect("roles")
    verbs.withdraw_role(grant, day=day, by=request.user, at=timezone.now())
    messages.success(request, _("The role was withdrawn."))
    return redirect("roles")
