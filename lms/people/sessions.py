"""Sessions as Django keeps them in the database. Every request reads one, so its statement is compiled once; a sign-out holds at once."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField
from django.utils import timezone

from lms.statements import Ready

HELD = Ready(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).order_by(), key=CharField(), now=DateTimeField())


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        """The session while it has not run out; else none, under a new name."""
        session = HELD.first(key=self.session_key, now=timezone.now())
        if session is None:
            self._session_key = None
        return session
