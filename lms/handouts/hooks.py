"""What the handouts room hangs into others."""

import lms.handouts.jobs  # noqa: F401
