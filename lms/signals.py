"""Facts this floor announces to those above, in the past tense, after commit."""

from django.dispatch import Signal

person_appointed = Signal()  # appointment
person_left = Signal()  # person
