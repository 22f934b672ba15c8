from __future__ import annotations

import pytest

from core.errors import InputError
from core.kg.links import open_links


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("http://a\thttp://b\n", [("http://a", "http://b", "links.tsv")]),
        ("left\tright\tkind\nhttp://a\thttp://b\tcity\n", [("http://a", "http://b", "city")]),
        ("Source\tTarget\nhttp://a\thttp://b\n", [("http://a", "http://b", "links.tsv")]),
        ("left_id\tright_id\n<http://a>\t<http://b>\n", [("http://a", "http://b", "links.tsv")]),
        ("http://a b\thttp://c d\n", [("http://a b", "http://c d", "links.tsv")]),
        ("/m/1 <SameAs> <http://b> .\n\n", [("/m/1", "http://b", "links.tsv")]),
        ("0 5\n1 6\n", [("0", "5", "links.tsv"), ("1", "6", "links.tsv")]),
        ("http://a\thttp://b\t\n", [("http://a", "http://b", "links.tsv")]),
    ],
)
def test_columns_in_their_usual_forms(write, read, text: str, links: list[tuple[str, str, str]]) -> None:
    assert read(open_links(write({"links.tsv": text}) / "links.tsv").parts).links == links


@pytest.mark.parametrize(
    ("text", "line"), [("http://a\n", 1), ("http://a\thttp://b\n\thttp://c\n", 2), ("", None), (b"\xff\n", 1)]
)
def test_what_is_wrong_is_named(write, read, text: str | bytes, line: int | None) -> None:
    with pytest.raises(InputError) as caught:
        read(open_links(write({"links.tsv": text}) / "links.tsv").parts)
    assert caught.value.line == line
