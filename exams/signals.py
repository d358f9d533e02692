"""Facts these rooms announce, in the past tense, after commit."""

from django.dispatch import Signal

attempt_submitted = Signal()  # attempt
result_released = Signal()  # sitting, run
certificate_issued = Signal()  # certificate
certificate_revoked = Signal()  # certificate
terms_changed = Signal()  # sitting, people (ids; None: everybody), by, at; the one fact told inside the transaction: deadlines move with the terms
