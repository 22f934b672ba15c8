"""The Alignment format of the OAEI: https://moex.gitlabpages.inria.fr/alignapi/format.html.

Level 0, so that entities are plain IRIs. A file of rejected pairs has the relation ``!=``, which Silk reads
as negative reference links. What the format has no element for stands in elements of other namespaces, which
its readers keep or skip.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from core.export.export import Export
from core.export.provenance import GraphOrigin

ALIGNMENT = "http://knowledgeweb.semanticweb.org/heterogeneity/alignment#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_FLOAT = "http://www.w3.org/2001/XMLSchema#float"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_MIMEA = "urn:x-mimea:"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def alignment_lines(export: Export) -> Iterator[str]:
    """RDF/XML; the measure is the score shown to the curator, and 1 for pairs that had none or one below 0.

    Raises:
        NoIRIError: an identifier is no IRI and there is no base to make it one.
    """
    told = export.provenance
    pairs = list(export.pairs())
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield (
        f'<rdf:RDF xmlns="{ALIGNMENT}" xmlns:align="{ALIGNMENT}" xmlns:rdf="{_RDF}" '
        f'xmlns:dc="{_DUBLIN_CORE}" xmlns:mimea="{_MIMEA}">\n'
    )
    yield "<Alignment>\n"
    # 11 is one-to-one; two stars promise nothing.
    firsts, seconds = {left for left, _, _ in pairs}, {right for _, right, _ in pairs}
    kind = "11" if len(firsts) == len(seconds) == len(pairs) else "**"
    yield f"<xml>yes</xml>\n<level>0</level>\n<type>{kind}</type>\n"
    yield from _ontology(1, told.identifier + "#left", told.left)
    yield from _ontology(2, told.identifier + "#right", told.right)
    for what, text in told.facts():
        name = {"exporter": "dc:creator", "exported": "dc:date"}.get(what, f"mimea:{what}")
        yield f"<{name}>{_text(text)}</{name}>\n"
    for left, right, verdict in pairs:
        score = verdict.score if verdict.score is not None and verdict.score >= 0 else 1.0
        relation = "!=" if verdict.kind == "rejected" else "="
        remarks = {
            "dc:creator": verdict.author,
            "dc:date": verdict.decided_at,
            "dc:description": verdict.note,
        }
        yield (
            f"<map><Cell><entity1 rdf:resource={quoteattr(left)}/><entity2 rdf:resource={quoteattr(right)}/>"
            f'<measure rdf:datatype="{_FLOAT}">{score:.6g}</measure><relation>{relation}</relation>'
            + "".join(f"<{name}>{_text(text)}</{name}>" for name, text in remarks.items() if text)
            + "</Cell></map>\n"
        )
    yield "</Alignment>\n</rdf:RDF>\n"


def _ontology(number: int, identifier: str, graph: GraphOrigin) -> Iterator[str]:
    yield f'<onto{number}><Ontology rdf:about="{identifier}">\n'
    if graph.address:
        yield f"<location>{_text(graph.address)}</location>\n"
    yield f'<formalism><Formalism align:name="RDF" align:uri="{_RDF}"/></formalism>\n'
    yield f"</Ontology></onto{number}>\n"


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("", text))
