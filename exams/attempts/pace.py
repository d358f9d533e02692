"""Whether answers came faster than anyone reads. The rule: `docs/algorithms/board.md`. It flags; nothing is blocked and nothing is decided by it."""

FEWEST = 5  # answers below which nothing is said
FASTEST = 3  # seconds a question, reading included, below which a person has not read it


def too_fast(answered: int, seconds: float) -> bool:
    """Return whether ``answered`` questions in ``seconds`` of working time are fewer seconds each than reading takes."""
    return answered >= FEWEST and seconds < FASTEST * answered
