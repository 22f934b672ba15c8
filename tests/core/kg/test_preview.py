from __future__ import annotations

from core.kg.dataset import open_dataset
from core.kg.preview import preview


def test_every_part_shows_its_first_rows(write) -> None:
    folder = write(
        {
            "l/g.nt": "".join(f"<http://a> <http://p> <http://{i}> .\n" for i in range(99)),
            "l/labels.tsv": "http://a\tAlpha\n",
            "r/g.csv": "id,size\nx,=cmd()\ny,2\n",
            "r/h.nt": "<http://x> <http://p> <http://y> .\n",
            "links.tsv": "http://a\tx\n",
        }
    )
    found = {rows.title: rows for rows in preview(open_dataset(folder, "rdf"), 3)}
    statements = found["l statements"]
    assert statements.columns == ("Head", "Relation", "Tail")
    assert statements.rows == [("http://a", "http://p", f"http://{i}") for i in range(3)]
    assert found["l labels"].rows == [("http://a", "Alpha", "")]
    assert found["links of links.tsv"].rows == [("http://a", "x", "links.tsv")]
    assert all(rows.size > 0 and not rows.problem for rows in found.values())


def test_a_wrong_part_is_told_and_the_others_are_shown(write) -> None:
    folder = write({"rel_triples_1": "a\tr\tb\n", "rel_triples_2": "a\n", "attr_triples_1": "a\tp\n"})
    first, second, third = preview(open_dataset(folder), 3)
    assert (first.rows, first.problem) == ([("a", "r", "b")], "")
    assert second.notes == ["1 line of attr_triples_1 with fewer than 3 columns was left out"]
    assert "rel_triples_2, line 1: expected" in third.problem
