"""One page of wires: fact heard, task queued. The ground floor listens to nobody above it."""

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from lms.people.signin import remember_refusal, remember_sign_in, remember_sign_out


def connect() -> None:
    user_logged_in.connect(remember_sign_in, dispatch_uid="remember_sign_in")
    user_logged_out.connect(remember_sign_out, dispatch_uid="remember_sign_out")
    user_login_failed.connect(remember_refusal, dispatch_uid="remember_refusal")
