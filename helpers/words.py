"""Every sentence that `helpers` shows a learner passes through here, so that another language is only words.

The catalogues are standard gettext: ``locale/LANGUAGE/LC_MESSAGES/helpers.mo``; ``locale/helpers.pot`` lists every
sentence. English is the source language and needs no catalogue.
"""

import gettext
from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
_catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use(language: str, folder: Path = LOCALE) -> None:
    """Show all further sentences in a language, e.g. ``"ko"``; ``"en"`` is the source itself.

    Raises
    ------
    ValueError
        If there is no catalogue for the language.
    """
    global _catalogue
    if language == "en":
        _catalogue = gettext.NullTranslations()
        return
    try:
        _catalogue = gettext.translation("helpers", folder, [language])
    except FileNotFoundError:
        known = ["en", *sorted(p.parent.parent.name for p in folder.glob("*/LC_MESSAGES/helpers.mo"))]
        raise ValueError(_("There is no catalogue for the language {language!r}; there is one for {known}.").format(
            language=language, known=known)) from None


def _(message: str) -> str:
    """Return the message in the language in use.

    Examples
    --------
    >>> _("Reset")
    'Reset'
    """
    return _catalogue.gettext(message)
