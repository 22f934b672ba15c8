"""SSSOM/TSV in canonical form: https://mapping-commons.github.io/sssom/spec-formats-tsv/.

One row a justification. A pair that the model proposed and a curator accepted has two: what the model
computed, and the curator's review. A pair judged in bulk has the model's only, since nobody reviewed it. A
rejected pair has only one, with ``Not``: many readers would take a row of the model without for a mapping.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from operator import itemgetter

from core.export.curies import Prefixes
from core.export.export import Export
from core.export.iri import absolute_iri
from core.export.provenance import PROGRAM
from core.export.verdicts import SUPPORT, ExportedVerdict
from core.modality import MODALITIES

UNSPECIFIED_LICENSE = "https://w3id.org/sssom/license/unspecified"
NO_TERM_FOUND = "sssom:NoTermFound"
SIMILARITY = "cosine similarity of the joint embeddings"
WITH_SUPPORT = f"{SIMILARITY} and support by matched neighbours, as a share of the most there can be"
VOCABULARY = "urn:x-mimea:"
_ORCID = "https://orcid.org/"
_EXTENSIONS = {modality: f"ext_similarity_{modality}" for modality in MODALITIES} | {SUPPORT: "ext_support"}
# An empty row: the slots in the order of the schema, which the columns of a file keep.
_TEMPLATE = dict.fromkeys(
    (
        "subject_id", "subject_label", "predicate_id", "predicate_modifier", "object_id", "object_label",
        "mapping_justification", "author_id", "author_label", "reviewer_id", "reviewer_label", "subject_type",
        "subject_source", "object_type", "object_source", "mapping_tool", "mapping_tool_version",
        "mapping_date", "review_date", "confidence", "reviewer_agreement", "similarity_score",
        "similarity_measure", "comment", *_EXTENSIONS.values(),
    ),
    "",
) | {
    "predicate_id": "owl:sameAs",
    "subject_type": "owl named individual",
    "subject_source": "project:left",
    "object_source": "project:right",
}  # fmt: skip
_COLUMNS = tuple(_TEMPLATE)
_PROPAGATED = (
    "subject_type", "subject_source", "object_type", "object_source", "mapping_tool", "mapping_tool_version",
    "mapping_date", "similarity_measure",
)  # fmt: skip
_REQUIRED = ("subject_id", "predicate_id", "object_id", "mapping_justification")
_OF_VERSION_1_1 = ("review_date", "reviewer_agreement")
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9./_()+-]|:(?! |$)|(?<! )#| (?!$))*|\d{4}-\d\d-\d\d")
_LINE_ENDS = re.compile("\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_YAML_WORDS = frozenset({"y", "n", "yes", "no", "true", "false", "on", "off", "null"})

Slots = dict[str, str]


def sssom_lines(export: Export) -> Iterator[str]:
    """The metadata, the header and one line a row.

    Raises:
        NoIRIError: an identifier is no IRI and there is no base to make it one.
        NoPrefixError: the IRIs have no namespaces to make prefixes of.
    """
    table = _Table(export)
    rows = [row for verdict in export.verdicts for row in table.rows(verdict)]
    columns = dict(zip(_COLUMNS, zip(*rows, strict=True), strict=True)) if rows else {}
    is_1_1 = any(any(columns.get(slot, ())) for slot in _OF_VERSION_1_1)
    shared = {
        slot: columns[slot][0]
        for slot in _PROPAGATED
        if columns.get(slot, ("",))[0] and columns[slot].count(columns[slot][0]) == len(rows)
        and (slot != "similarity_measure" or is_1_1)
    }  # fmt: skip
    chosen = [
        index
        for index, slot in enumerate(_COLUMNS)
        if slot in _REQUIRED or (any(columns.get(slot, ())) and slot not in shared)
    ]
    yield from table.metadata(shared, "1.1" if is_1_1 else "")
    cells_of = itemgetter(*chosen)
    yield "\t".join(cells_of(_COLUMNS)) + "\n"
    for cells in sorted(map(cells_of, rows)):
        yield _line(cells)


def _line(cells: tuple[str, ...]) -> str:
    line = "\t".join(cells)
    if '"' in line or line.count("\t") >= len(cells):
        quoted = io.StringIO()
        csv.writer(quoted, delimiter="\t", lineterminator="\n").writerow(cells)
        return quoted.getvalue()
    return line + "\n"


class _Table:
    def __init__(self, export: Export) -> None:
        self._export = export
        base = export.options.base_iri
        self._computed = {
            "mapping_justification": "semapv:SemanticSimilarityThresholdMatching",
            "mapping_tool": PROGRAM,
            "mapping_tool_version": export.provenance.version,
        }
        # Identifiers are few beside their mentions; each is made an IRI and compacted once.
        uris = {v.left_uri for v in export.verdicts} | {v.right_uri for v in export.verdicts if v.right_uri}
        iris = {uri: absolute_iri(uri, base) for uri in uris}
        self._prefixes = Prefixes(iris.values())
        self._curies = {uri: self._prefixes.curie(iri) for uri, iri in iris.items()}
        self._ended = {run.id: run.ended[:10] for run in export.provenance.runs}
        self._extensions = [
            slot
            for part, slot in _EXTENSIONS.items()
            if any(part in verdict.parts for verdict in export.verdicts)
        ]

    def rows(self, verdict: ExportedVerdict) -> Iterator[tuple[str, ...]]:
        pair = _TEMPLATE | self._pair(verdict)
        if verdict.kind == "unsure":
            yield _row(pair, self._model_part(verdict) | self._doubt(verdict))
            return
        if verdict.kind == "rejected":
            pair["predicate_modifier"] = "Not"
        if verdict.in_bulk:
            yield _row(pair, self._model_part(verdict) | {"comment": verdict.note})
            return
        if verdict.kind == "accepted" and verdict.score is not None:
            yield _row(pair, self._model_part(verdict))
        yield _row(pair, self._curator_part(verdict))

    def _pair(self, verdict: ExportedVerdict) -> Slots:
        missing = verdict.kind == "no_counterpart"
        return {
            "subject_id": self._curies[verdict.left_uri],
            "subject_label": _cell(verdict.left_label),
            "object_id": NO_TERM_FOUND if missing else self._curies[verdict.right_uri],
            "object_label": _cell(verdict.right_label),
            "object_type": "" if missing else "owl named individual",
        }

    def _model_part(self, verdict: ExportedVerdict) -> Slots:
        if verdict.score is None:
            return {"mapping_justification": "semapv:ManualMappingCuration"}
        row = self._computed.copy()
        if verdict.run_id in self._ended:
            row["mapping_date"] = self._ended[verdict.run_id]
        if 0 <= verdict.score <= 1:  # a cosine below 0 is no similarity score in the sense of SSSOM
            row["similarity_score"] = _number(verdict.score)
            row["similarity_measure"] = WITH_SUPPORT if SUPPORT in verdict.parts else SIMILARITY
        if verdict.probability is not None:  # of what the row says, which may be "Not"
            says_no = verdict.kind == "rejected"
            row["confidence"] = _number(1 - verdict.probability if says_no else verdict.probability)
        for part, value in verdict.parts.items():
            row[_EXTENSIONS[part]] = _number(value)
        return row

    def _curator_part(self, verdict: ExportedVerdict) -> Slots:
        searched = verdict.score is None
        row = {
            "mapping_justification": "semapv:ManualMappingCuration" if searched else "semapv:MappingReview",
            "mapping_date": verdict.decided_at[:10],
            **self._person(verdict, "author"),
        }
        if verdict.note:
            row["comment"] = _cell(verdict.note)
        return row

    def _doubt(self, verdict: ExportedVerdict) -> Slots:
        row = {"comment": _cell(verdict.note or "left unsure")}
        reviewer = self._person(verdict, "reviewer")
        if reviewer:  # agreement and date need one
            row |= reviewer | {"reviewer_agreement": "0.0", "review_date": verdict.decided_at[:10]}
        return row

    def _person(self, verdict: ExportedVerdict, role: str) -> Slots:
        told = self._export.provenance
        if not verdict.author:
            return {}
        if told.orcid and verdict.author == told.exporter:
            return {f"{role}_id": f"orcid:{told.orcid}"}
        return {f"{role}_label": _cell(verdict.author).replace("\\", "\\\\").replace("|", "\\|")}

    def metadata(self, shared: Mapping[str, str], version: str) -> Iterator[str]:
        told = self._export.provenance
        prefixes = self._prefixes.declared() | {"project": f"{told.identifier}#"}
        if self._extensions:
            prefixes["mimea"] = VOCABULARY
        if told.orcid:
            prefixes["orcid"] = _ORCID
        if version:
            yield f'#sssom_version: "{version}"\n'
        yield "#curie_map:\n"
        for prefix, space in sorted(prefixes.items()):
            yield f"#  {prefix}: {_scalar(space)}\n"
        yield f"#mapping_set_id: {told.identifier}\n"
        yield f"#mapping_set_version: {json.dumps(told.exported_at)}\n"
        yield f"#mapping_set_title: {_scalar(f'{told.left.name} to {told.right.name}')}\n"
        if told.orcid:
            yield f"#creator_id:\n#- orcid:{told.orcid}\n"
        elif told.exporter:
            yield f"#creator_label:\n#- {_scalar(told.exporter)}\n"
        yield f"#license: {_scalar(self._export.options.license or UNSPECIFIED_LICENSE)}\n"
        for slot in _PROPAGATED[:-1]:
            if slot in shared:
                yield f"#{slot}: {_scalar(shared[slot])}\n"
        yield f"#publication_date: {told.exported_at[:10]}\n"
        if "similarity_measure" in shared:
            yield f"#similarity_measure: {_scalar(shared['similarity_measure'])}\n"
        yield f"#comment: {_scalar('; '.join(f'{what}: {text}' for what, text in told.facts()))}\n"
        if self._extensions:
            yield "#extension_definitions:\n"
        for slot in self._extensions:
            yield f"#- slot_name: {slot}\n"
            yield f"#  property: mimea:{slot.removeprefix('ext_')}\n#  type_hint: xsd:double\n"


def _row(pair: Slots, slots: Slots) -> tuple[str, ...]:
    """``pair`` has every slot, in the order of the columns; ``slots`` are those that this row fills."""
    return tuple((pair | slots).values())


def _cell(text: str) -> str:
    if text.isprintable():
        return text
    # Line ends could be quoted, but many readers take a file of lines for one row a line.
    return _LINE_ENDS.sub(" ", text).replace("\0", "")


def _number(value: float) -> str:
    text = f"{value:.3f}".rstrip("0")  # half the time of rounding first
    return f"{text}0" if text[-1] == "." else text


def _scalar(text: str) -> str:
    """``text`` as one line of YAML; whatever YAML could read as something else is quoted."""
    if _PLAIN.fullmatch(text) and text.lower() not in _YAML_WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    # JSON lets these stand, YAML does not.
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda c: f"\\u{ord(c[0]):04x}", quoted)
