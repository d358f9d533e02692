"""When do two typed texts say the same? Asked of self-checks, of exam answers and of the wordings in the bank. No Django here."""

import unicodedata


def normal(text: str) -> str:
    """Fold width, case and spaces: two texts with the same normal form are the same to a reader.

    三 and 3 are different texts. The form is its own normal form; folding once is not enough for that, since a spacing accent such as ´
    becomes a space and a combining accent, which joins the letter before it only once the space is gone.
    """
    while (folded := "".join(unicodedata.normalize("NFKC", text).casefold().split())) != text:
        text = folded
    return text
