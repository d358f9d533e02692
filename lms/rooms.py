"""Addresses of the ground floor's rooms."""

from django.urls import path

from lms.exchange import views as exchange
from lms.handouts import views as handouts
from lms.jobs import views as jobs
from lms.notices import views as notices
from lms.people import person_views as persons
from lms.people import role_views as roles
from lms.people import trail_views as trail
from lms.people import unit_views as units
from lms.people import views as people
from lms.policy import views as policy

urlpatterns = [
    path("profile/", people.profile, name="profile"),
    path("password/", people.password, name="password"),
    path("people/", persons.people, name="people"),
    path("people/add/", persons.person_add, name="person_add"),
    path("people/move/", persons.move_many, name="people_move"),
    path("people/export/", exchange.people_export, name="people_export"),
    path("people/passwords/", handouts.hand_out, name="hand_out"),
    path("people/passwords/<int:pk>/", handouts.handout, name="handout"),
    path("people/passwords/<int:pk>/take/", handouts.handout_take, name="handout_take"),
    path("people/<int:pk>/", persons.person, name="person"),
    path("people/<int:pk>/change/", persons.person_change, name="person_change"),
    path("people/<int:pk>/appoint/", persons.appoint, name="person_appoint"),
    path("people/<int:pk>/move/", persons.move, name="person_move"),
    path("people/<int:pk>/retire/", persons.retire, name="person_retire"),
    path("people/<int:pk>/reinstate/", persons.reinstate, name="person_reinstate"),
    path("people/<int:pk>/password/", persons.reset_password, name="person_reset_password"),
    path("people/<int:pk>/identity/", persons.reveal_identity, name="person_reveal_identity"),
    path("appointments/<int:pk>/end/", persons.end_appointment, name="appointment_end"),
    path("units/", units.units, name="units"),
    path("units/add/", units.unit_add, name="unit_add"),
    path("units/<slug:code>/", units.unit, name="unit"),
    path("units/<slug:code>/change/", units.unit_change, name="unit_change"),
    path("units/<slug:code>/close/", units.unit_close, name="unit_close"),
    path("posts/", units.posts, name="posts"),
    path("posts/add/", units.post_add, name="post_add"),
    path("posts/<slug:code>/change/", units.post_change, name="post_change"),
    path("roles/", roles.roles, name="roles"),
    path("roles/grant/", roles.role_grant, name="role_grant"),
    path("roles/<int:pk>/withdraw/", roles.role_withdraw, name="role_withdraw"),
    path("imports/", exchange.imports, name="imports"),
    path("imports/template/", exchange.import_template, name="import_template"),
    path("imports/<int:pk>/", exchange.import_page, name="import"),
    path("imports/<int:pk>/start/", exchange.import_start, name="import_start"),
    path("imports/<int:pk>/undo/", exchange.import_undo, name="import_undo"),
    path("imports/<int:pk>/discard/", exchange.import_discard, name="import_discard"),
    path("imports/<int:pk>/errors/", exchange.import_errors, name="import_errors"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/<int:pk>/", notices.notice_read, name="notice_read"),
    path("announcements/", notices.announcements, name="announcements"),
    path("announcements/publish/", notices.announcement_publish, name="announcement_publish"),
    path("announcements/<int:pk>/", notices.announcement, name="announcement"),
    path("policy/", policy.policy, name="policy"),
    path("policy/set/", policy.policy_set, name="policy_set"),
    path("audit/", trail.audit, name="audit"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<int:pk>/", jobs.job, name="job"),
    path("jobs/<int:pk>/state/", jobs.job_state, name="job_state"),
    path("jobs/<int:pk>/cancel/", jobs.job_cancel, name="job_cancel"),
]
