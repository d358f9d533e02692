"""Facts of learning, in the past tense, sent on commit."""

from django.dispatch import Signal

lesson_finished = Signal()  # person_id, lesson_id
