"""The fast reader of N-Triples says what the RDF library's parser says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.kg import ntriples
from core.kg.ntriples import read_rows, value
from core.kg.rdf_parse import Value, statements

IRIS = st.sampled_from(
    ["<http://e/a>", "<http://e/é%20b>", "<urn:x:y#z>", "<http://e/\\u00e9>", "<a:b>", "<relative>",
     "<http://e/a b>", "<http://e/%zz>", "<http://e/[x]>", "_:b1", "<>"]
)  # fmt: skip
LITERALS = st.sampled_from(
    ['"plain"', '""', '"tab\\tline\\nquote\\" back\\\\"', '"\\u00e9\\U0001F600"', '"Wien"@DE-at',
     '"5"^^<http://w/int>',
     '"x"^^<http://www.w3.org/2001/XMLSchema#string>',
     '"bad \\q"', '"\\uD800"', '"<a> <b> <c> ."', '"5 % of it"',
     '"open',
     '"x"@', '"x"@toolongasatag', "'single'"]
)  # fmt: skip
SPACES = st.sampled_from([" ", "\t", "  ", ""])
LINES = st.builds(
    lambda s, p, o, a, b, end: f"{s}{a}{p}{b}{o}{end}",
    IRIS, IRIS, IRIS | LITERALS, SPACES, SPACES, st.sampled_from([" .", ".", " . ", "", " ;", " . # said"]),
) | st.sampled_from(["", "# a comment", "   ", "\t# another"])  # fmt: skip


def fast(path: Path) -> list[tuple[str, str, str | Value]] | int:
    try:
        return [(s, p, o or value(*rest)) for rows, _ in read_rows(path) for s, p, o, *rest in rows]
    except InputError as error:
        assert error.line is not None
        return error.line


def slow(path: Path) -> list[tuple[str, str, str | Value]] | int:
    try:
        return [(s, p, o) for s, p, o, _ in statements(path)]
    except InputError as error:
        assert error.line is not None
        return error.line


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4), st.sampled_from(["\n", "\r\n"]))
@example(['<http://e/a> <http://e/p> "a\\u000Ab" .'], "\n")
def test_both_readers_agree(tmp_path_factory, lines: list[str], end: str) -> None:
    path = tmp_path_factory.mktemp("nt") / "graph.nt"
    path.write_bytes("".join(line + end for line in lines).encode())
    assert fast(path) == slow(path)


def test_ordinary_lines_need_no_parser(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(ntriples, "parsed_lines", None)
    path = tmp_path / "graph.nt"
    path.write_text(
        '<http://a> <http://p> <http://b> .\n# said\n\n<http://a> <http://p> "5 % \\u00e9"@en .\n'
    )
    assert fast(path) == [
        ("http://a", "http://p", "http://b"),
        ("http://a", "http://p", Value("5 % é", "", "en")),
    ]


@pytest.mark.parametrize("blank", ["_:x <http://p> _:y .\n", "<http://a> <http://p> _:x .\n"])
def test_blank_nodes_keep_their_names_over_blocks(tmp_path: Path, monkeypatch, blank: str) -> None:
    monkeypatch.setattr("core.kg.text.BLOCK_BYTES", 10)
    path = tmp_path / "graph.nt"
    path.write_text(blank * 3)
    rows = fast(path)
    first = "_:graph-2" if "_:y" in blank else "http://a"
    named = (first, "http://p", "_:graph-1")
    assert rows == [named] * 3
