"""Independent readers of what the exports write."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ALIGN = "{http://knowledgeweb.semanticweb.org/heterogeneity/alignment#}"
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"


@dataclass(frozen=True)
class Cell:
    entity1: str
    entity2: str
    measure: float
    relation: str


@dataclass(frozen=True)
class Alignment:
    """An alignment as the Alignment API's format page describes it."""

    type: str
    onto1: str
    onto2: str
    cells: tuple[Cell, ...]
    extensions: dict[str, list[str]]


def read_alignment(path: Path) -> Alignment:
    """Read level 0 alignments; what the format's rules demand is asserted."""
    root = ET.parse(path).getroot()
    assert root.tag == f"{RDF}RDF"
    (alignment,) = root
    assert alignment.tag == f"{ALIGN}Alignment"
    assert alignment.findtext(f"{ALIGN}xml") == "yes"
    assert alignment.findtext(f"{ALIGN}level") == "0"
    kind = alignment.findtext(f"{ALIGN}type") or ""
    assert len(kind) == 2 and set(kind) <= set("1?+*")
    ontologies = []
    for number in (1, 2):
        (ontology,) = alignment.findall(f"{ALIGN}onto{number}/{ALIGN}Ontology")
        ontologies.append(ontology.attrib[f"{RDF}about"])
        formalism = ontology.find(f"{ALIGN}formalism/{ALIGN}Formalism")
        assert formalism is not None and set(formalism.attrib) == {f"{ALIGN}name", f"{ALIGN}uri"}
    cells = []
    for cell in alignment.findall(f"{ALIGN}map/{ALIGN}Cell"):
        ends = [cell.find(f"{ALIGN}entity{number}") for number in (1, 2)]
        measure = float(cell.findtext(f"{ALIGN}measure") or "nan")
        assert 0 <= measure <= 1
        relation = cell.findtext(f"{ALIGN}relation") or ""
        assert relation
        first, second = (end.attrib[f"{RDF}resource"] for end in ends if end is not None)
        cells.append(Cell(first, second, measure, relation))
    extensions: dict[str, list[str]] = {}
    for element in alignment:
        if not element.tag.startswith(ALIGN):
            extensions.setdefault(element.tag.partition("}")[2], []).append(element.text or "")
    return Alignment(kind, *ontologies, tuple(cells), extensions)
