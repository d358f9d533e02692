"""Addresses of this room."""

from django.urls import path

from exams.sittings import accommodations_views, admission, doors_views, holding, places_views, seating_views, tickets_views

urlpatterns = [
    path("sittings/", holding.sittings, name="sittings"),
    path("sittings/new/", holding.sitting_edit, name="sitting_new"),
    path("sittings/<int:pk>/", holding.sitting, name="sitting"),
    path("sittings/<int:pk>/edit/", holding.sitting_edit, name="sitting_edit"),
    path("sittings/<int:pk>/cancel/", holding.sitting_cancel, name="sitting_cancel"),
    path("sittings/<int:pk>/candidates/", admission.candidates, name="candidates"),
    path("sittings/<int:pk>/candidates/add/", admission.candidates_add, name="candidates_add"),
    path("sittings/<int:pk>/candidates/export/", admission.candidates_export, name="candidates_export"),
    path("sittings/<int:pk>/candidates/<int:candidate>/remove/", admission.candidate_remove, name="candidate_remove"),
    path("sittings/<int:pk>/accommodations/", accommodations_views.accommodations, name="accommodations"),
    path("sittings/<int:pk>/accommodations/copy/", accommodations_views.accommodations_copy, name="accommodations_copy"),
    path("sittings/<int:pk>/accommodations/<slug:what>/new/", accommodations_views.accommodation_new, name="accommodation_new"),
    path("sittings/<int:pk>/accommodations/<int:row>/", accommodations_views.accommodation_edit, name="accommodation_edit"),
    path("sittings/<int:pk>/accommodations/<int:row>/end/", accommodations_views.accommodation_end, name="accommodation_end"),
    path("sittings/standing/", accommodations_views.standing, name="standing"),
    path("sittings/standing/<int:row>/end/", accommodations_views.standing_end, name="standing_end"),
    path("places/", places_views.places, name="places"),
    path("places/new/", places_views.place_edit, name="place_new"),
    path("places/<int:pk>/", places_views.place_edit, name="place"),
    path("places/<int:pk>/rooms/new/", places_views.room_edit, name="room_new"),
    path("places/<int:pk>/rooms/<int:room>/", places_views.room_edit, name="room"),
    path("sittings/<int:pk>/rooms/", seating_views.rooms, name="sitting_rooms"),
    path("sittings/<int:pk>/seats/", seating_views.seats, name="sitting_seats"),
    path("sittings/<int:pk>/seats/give/", seating_views.give, name="seats_give"),
    path("sittings/<int:pk>/seats/clear/", seating_views.clear, name="seats_clear"),
    path("sittings/<int:pk>/seats/<int:candidate>/", seating_views.seat, name="seat_move"),
    path("sittings/<int:pk>/print/<slug:kind>/", seating_views.printed, name="seats_print"),
    path("sittings/<int:pk>/tickets/", tickets_views.tickets, name="tickets"),
    path("sittings/<int:pk>/tickets/issue/", tickets_views.tickets_issue, name="tickets_issue"),
    path("sittings/<int:pk>/doors/", doors_views.sitting_doors, name="sitting_doors"),
    path("invigilation/<int:pk>/door/", doors_views.door_log, name="door_log"),
    path("invigilation/<int:pk>/door/<int:candidate>/", tickets_views.ticket_again, name="ticket_again"),
    path("exams/ticket/", tickets_views.exam_ticket, name="exam_ticket"),
]
