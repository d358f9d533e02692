"""How parts of a paper are numbered: 一、 二、 in Chinese, I. II. elsewhere."""

from django.utils.translation import get_language

DIGITS = "零一二三四五六七八九"
ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def numeral(n: int) -> str:
    """The number of part ``n`` (1 to 99) with its mark, in the reader's language."""
    if (get_language() or "").startswith("zh"):
        tens, ones = divmod(n, 10)
        return (("" if tens <= 1 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")) + "、"
    text, rest = "", n
    for value, letters in ROMAN:
        text, rest = text + letters * (rest // value), rest % value
    return f"{text}."
