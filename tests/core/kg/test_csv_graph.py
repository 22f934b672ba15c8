from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InputError
from core.kg.csv_graph import CsvMapping, guess_mapping, open_tables, preview_rows
from core.kg.csv_text import sniff, unmarked
from core.kg.dataset import open_dataset, open_pair
from core.kg.records import AttributeBatch, EntityBatch

TABLE = "id,label,area,image\nQ1,Wien,414.8,pics/w.png\nQ2,Graz,,\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("g.csv", "head,relation,tail\na,r,b\n"),
        ("g.csv", "Subject;Predicate;Object\na;r;b\n"),
        ("g.tsv", "a\tr\tb\n"),
        ("P_en_v6.csv", "a@@@r@@@b\n"),
        ("g.csv", "tail|head|relation\nb|a|r\n"),
        ("g.csv", '"head","relation","tail"\r\n"a","r","b"\r\n'),
        ("g.csv", "\ufeffhead,relation,tail\n<a>,<r>,<b>\n\n"),
    ],
)
def test_triples_by_their_headers(write, read, name: str, text: str) -> None:
    assert read(open_tables(write({name: text}) / name).parts).relations == [("a", "r", "b")]


def test_a_table_of_entities_has_an_attribute_a_column(write, read, tmp_path) -> None:
    found = read(open_tables(write({"g.csv": TABLE}) / "g.csv").parts)
    assert found.entities == [("Q1", "Wien", ""), ("Q2", "Graz", "")]
    assert found.attributes == [("Q1", "area", "414.8", "", "")]
    assert found.images == [("Q1", tmp_path / "pics/w.png")]


def test_a_mapping_says_what_the_columns_are(write, read) -> None:
    folder = write(
        {"g.csv": "von,nach,art\na,b,r\n", "e.csv": "kennung,titel,x\nQ1,Wien,1\n", "n.csv": "1,2,3,4\n"}
    )
    triples = CsvMapping(head="von", relation="art", tail="nach")
    entities = CsvMapping(id="kennung", label="titel")
    numbered = CsvMapping(header=False, head="2", relation="3", tail="4")
    assert read(open_tables(folder / "g.csv", None, triples).parts).relations == [("a", "r", "b")]
    assert read(open_tables(folder / "n.csv", None, numbered).parts).relations == [("2", "3", "4")]
    dataset = open_pair(folder / "g.csv", folder / "e.csv", mapping_left=triples, mapping_right=entities)
    assert read(dataset.right.parts).entities == [("Q1", "Wien", "")]
    with pytest.raises(InputError, match="a column 'wer', found the columns von, nach, art") as caught:
        read(open_tables(folder / "g.csv", None, CsvMapping(head="wer", relation="art", tail="nach")).parts)
    assert caught.value.line == 1


def test_a_folder_holds_triples_and_attributes(write, read) -> None:
    folder = write({"l/a.csv": "head,relation,tail\nQ1,near,Q2\n", "l/b.csv": TABLE, "r/g.tsv": "x\ty\tz\n",
                    "links.csv": "left_uri,right_uri\nQ1,x\n"})  # fmt: skip
    dataset = open_dataset(folder)
    assert (dataset.format, dataset.left.name) == ("csv", "l")
    found = read(dataset.left.parts)
    assert (len(found.relations), len(found.entities)) == (1, 2)
    assert read(dataset.links.parts).links == [("Q1", "x", "links.csv")]


def test_the_first_rows_can_be_looked_at(write) -> None:
    path = write({"g.csv": TABLE}) / "g.csv"
    assert preview_rows(path, 2) == [["id", "label", "area", "image"], ["Q1", "Wien", "414.8", "pics/w.png"]]
    assert guess_mapping(path) == CsvMapping(id="id", label="label", image="image")
    assert sniff(path).delimiter == ","


def test_quotation_marks_in_tabbed_text_stay(write, read) -> None:
    found = read(open_tables(write({"g.tsv": 'id\tsize\nQ1\t5" disk\nQ2\t"big\n'}) / "g.tsv").parts)
    assert [value for _, _, value, _, _ in found.attributes] == ['5" disk', '"big']


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("head,relation,tail\na,r,b\na,r\n", 3),
        ("head,relation,tail\na,r,b,c,d\n", 2),
        ("head,relation,tail\na,,b\n", 2),
        ("id,label\nQ1,a\nQ1,b\n", 3),
        ("id,label\n,a\n", 2),
        ("x,y\n1,2\n", 1),
        ("v,w,x,y,z\n1,2,3,4,5\n", 1),
        ('id,label\nQ1,"never closed\n', 2),
        ("just text\n", 1),
        ("", None),
        (b"id,label\nQ1,\xff\n", 2),
        ("id,label\nQ1,a\0b\n", 2),
    ],
)
def test_what_is_wrong_is_named(write, read, text, line) -> None:
    path = write({"g.csv": text}) / "g.csv"
    with pytest.raises(InputError) as caught:
        read(open_tables(path).parts)
    assert (caught.value.path, caught.value.line) == (path, line)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\ufeff"), max_size=12).map(str.strip)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.from_regex(r"Q[0-9]{1,4}", fullmatch=True), CELLS, min_size=1, max_size=8))
def test_what_another_writer_wrote_is_read_back(tmp_path_factory, values: dict[str, str]) -> None:
    path = tmp_path_factory.mktemp("table") / "g.csv"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["id", "value"])
    writer.writerows(values.items())
    path.write_text(text.getvalue(), "utf-8", newline="")
    found: dict[str, str] = {}
    for part in open_tables(path).parts:
        for batch in part.read():
            if isinstance(batch, EntityBatch):
                found |= dict.fromkeys(batch.uris, "")
            elif isinstance(batch, AttributeBatch):
                found |= dict(zip(batch.entities, batch.values, strict=True))
    assert found == {key: unmarked(value) for key, value in values.items()}


@pytest.mark.parametrize("written", ["head=a,relation=b,tail=c", "head=1,relation=2,tail=3"])
def test_a_table_of_blank_rows_is_told(write, read, written: str) -> None:
    path = write({"g.csv": ",,\n,,\n"}) / "g.csv"
    with pytest.raises(InputError, match="found no row"):
        read(open_tables(path, mapping=CsvMapping.parse(written)).parts)
