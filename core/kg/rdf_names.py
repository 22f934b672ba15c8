"""Predicates that say what a thing is called, looks like or equals; which of several labels is shown."""

from __future__ import annotations

from core.kg.rdf_parse import Value

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_FOAF = "http://xmlns.com/foaf/0.1/"
_DCT = "http://purl.org/dc/terms/"
_SCHEMA = ("http://schema.org/", "https://schema.org/")

TYPE = f"{_RDF}type"
SAME_AS = f"{_OWL}sameAs"
DIFFERENT_FROM = f"{_OWL}differentFrom"
LINK_PREDICATES = {SAME_AS: "owl:sameAs", f"{_SKOS}exactMatch": "skos:exactMatch"}
# In order of preference.
LABELS = (f"{_RDFS}label", f"{_SKOS}prefLabel", *(f"{s}name" for s in _SCHEMA))
DESCRIPTIONS = (f"{_RDFS}comment", *(f"{s}description" for s in _SCHEMA), f"{_DCT}description")
DEPICTIONS = frozenset({f"{_FOAF}depiction", f"{_FOAF}img", *(f"{s}image" for s in _SCHEMA)})
# What describes a property rather than an entity: these statements make no entity of the property.
PROPERTY_CLASSES = frozenset(
    {f"{_RDF}Property"}
    | {f"{_OWL}{kind}Property" for kind in ("Object", "Datatype", "Annotation", "Functional", "Transitive")}
)
PROPERTY_STATEMENTS = frozenset(
    {
        f"{_RDFS}domain",
        f"{_RDFS}range",
        f"{_RDFS}subPropertyOf",
        f"{_OWL}inverseOf",
        f"{_OWL}equivalentProperty",
    }
)

# All of these: what is in none of them is an ordinary triple, which is most, and needs no further question.
SPECIAL = frozenset({TYPE, SAME_AS, *LABELS, *DESCRIPTIONS}) | DEPICTIONS | PROPERTY_STATEMENTS

Rank = tuple[int, int]


def rank(predicates: tuple[str, ...], predicate: str, value: Value) -> Rank:
    """How good a label or description is, less being better: English, untagged, other; then by predicate."""
    language = value.language.partition("-")[0]
    return (0 if language == "en" else 1 if not language else 2, predicates.index(predicate))


class Best:
    """The best text so far of each thing; what it loses to stays an ordinary attribute."""

    def __init__(self, predicates: tuple[str, ...]) -> None:
        self.predicates = predicates
        self._best: dict[str, tuple[Rank, str, Value]] = {}

    def offer(self, thing: str, predicate: str, value: Value) -> tuple[str, Value] | None:
        """Consider a text; returns the (predicate, value) that is not the best, if there are now two."""
        ranked = (rank(self.predicates, predicate, value), predicate, value)
        held = self._best.get(thing)
        if held is None or ranked[0] < held[0]:
            self._best[thing] = ranked
            return None if held is None else held[1:]
        return None if (held[1], held[2]) == (predicate, value) else (predicate, value)

    def things(self) -> list[str]:
        """All things that have a text, in the order first met."""
        return list(self._best)

    def text(self, thing: str) -> str:
        """The best text, empty if there is none."""
        held = self._best.get(thing)
        return held[2].text if held else ""
