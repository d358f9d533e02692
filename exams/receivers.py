"""One page of wires: fact heard, job queued. A lost fact is healed by the sweep of the same job."""


def connect() -> None:
    """Tie facts to jobs."""
