"""How much of a name a stranger sees."""

MASK = "＊"


def masked(name: str) -> str:
    """Return a name with its middle hidden: 王慧敏 → 王＊敏, 王敏 → 王＊, 阿依古丽 → 阿＊＊丽; longer names show no more than three masks."""
    letters = name.strip()
    if len(letters) <= 1:
        return MASK
    if len(letters) == 2:
        return letters[0] + MASK
    return letters[0] + MASK * min(3, len(letters) - 2) + letters[-1]
