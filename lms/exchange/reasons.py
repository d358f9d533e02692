"""Why a file or a row is refused, as whole sentences that say what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FILE_REASONS: dict[str, str | Promise] = {
    "empty": _("The file holds no rows."),
    "extension": _("Send an .xlsx, .xls or .csv file."),
    "content": _("The file is not what its name says. Open it in Excel or WPS and save it as .xlsx."),
    "encrypted": _("The file is protected by a password. Remove the password and send it again."),
    "bomb": _("The file unpacks to far more than a roster can hold and was not opened."),
    "broken": _("The file is damaged and cannot be opened. Save it again as .xlsx."),
    "encoding": _("The text of the file cannot be read. Save it as UTF-8 or as .xlsx."),
    "rows": _("The file holds more than 20,000 rows. Split it."),
    "sheet": _("The file holds no sheet."),
    "size": _("The file is larger than 20 MB. Split it."),
    "header": _("The headings 姓名, 工号 and 岗位 were not found in the first rows. Use the template."),
    "no_rows": _("There are headings but no rows under them; sample rows do not count."),
}

ROW_REASONS: dict[str, str | Promise] = {
    "formula": _("A cell holds a formula. Paste it as a value."),
    "name_missing": _("The name is missing."),
    "name_bad": _("The name holds digits or signs that no name has."),
    "name_private_character": _("The name holds a character that is not in Unicode; type it again with a current input method."),
    "staff_number_missing": _("The staff number is missing."),
    "staff_number_bad": _("A staff number has at most 20 letters, digits and hyphens."),
    "unit_missing": _("The unit is missing."),
    "post_missing": _("The post is missing."),
    "rank_unknown": _("The rank is not known; choose one from the list."),
    "date_missing": _("The day of appointment is missing."),
    "date_bad": _("The day of appointment is not a day; write 2026-03-01."),
    "identity_as_number": _("The identity number is stored as a number and has lost its last digits. Format the column as text and type it again."),
    "identity_length": _("An identity number has 18 characters."),
    "identity_characters": _("An identity number has 17 digits and a digit or X."),
    "identity_date": _("The date of birth inside the identity number does not exist."),
    "identity_checksum": _("The last character of the identity number does not fit the others; compare it with the card."),
}


def sentence(code: str) -> str:
    """Return the sentence for a code, in the language in force."""
    return str(ROW_REASONS.get(code) or FILE_REASONS[code])
