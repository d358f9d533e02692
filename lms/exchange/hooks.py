"""What the exchange room hangs into others."""

import lms.exchange.jobs  # noqa: F401
