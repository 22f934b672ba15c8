"""Small functions on names and on the Factbook's prose."""

from __future__ import annotations

import html
import re
import unicodedata

_BREAK = re.compile(r"<\s*(?:br\s*/?|/p)\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]+>")


def fold(name: str) -> str:
    """A name without case, accents and punctuation, for comparing."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = plain.replace("ı", "i").replace("ø", "o").replace("ł", "l")
    return "".join(letter for letter in plain if letter.isalnum() and not unicodedata.combining(letter))


def clean(text: str) -> str:
    """Factbook HTML as one line of plain text."""
    text = _TAG.sub("", _BREAK.sub("; ", html.unescape(text)))
    text = re.sub(r"\s+", " ", text.replace("\xa0", " "))
    text = re.sub(r"(?:; )+", "; ", text).replace(".; ", ". ").replace(":; ", ": ")
    return text.strip(" ;")


def shorten(text: str, limit: int) -> str:
    """The longest beginning of whole sentences (or clauses) that fits into `limit` characters."""
    if len(text) <= limit:
        return text
    ends = [match.start() for match in re.finditer(r"(?<=[a-z0-9)\"])[.;](?=\s)", text[: limit + 1])]
    if ends:
        return text[: ends[-1]].rstrip(" ;.") + "."
    return text[:limit].rsplit(" ", 1)[0].rstrip(" ,;:(") + " …"


def split_top(text: str, separators: str = ",;") -> list[str]:
    """Split at separators that are outside brackets."""
    parts, depth, part = [], 0, ""
    for letter in text:
        depth = max(0, depth + (letter in "([") - (letter in ")]"))
        if letter in separators and depth == 0:
            parts.append(part)
            part = ""
        else:
            part += letter
    parts.append(part)
    return [part.strip() for part in parts if part.strip()]


def without_brackets(text: str) -> str:
    """Drop (...) and [...], nested ones too."""
    previous = ""
    while previous != text:
        previous, text = text, re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", text)
    return re.sub(r"\s+", " ", text).strip()


def items(text: str) -> list[str]:
    """The names in a Factbook list such as `English 72%, Mandarin 2.7% (official), other 15%`."""
    listing = re.split(r";?\s*\bnote\b", clean(text))[0]
    names = []
    for part in split_top(listing):
        part = without_brackets(re.sub(r"^.*?:\s+", "", part))  # "French Guiana: gold"
        name = re.sub(r"[<>~]?\s*\d[\d.,]*\s*%?.*", "", part).strip(" .<>")
        if name:
            names.append(name)
    return names
