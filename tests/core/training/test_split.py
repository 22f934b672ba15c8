from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import TrainingConfig
from core.errors import TrainingError
from core.store import arrays
from core.store.arrays import KnownLinks
from core.store.links import import_links
from core.store.project_file import ProjectFile
from core.training.split import split_links


def pairs(first: int, count: int) -> arrays.Integers:
    """``count`` pairs that no other call gives."""
    left = np.arange(first, first + count, dtype=np.int64)
    return np.stack([left, left + 10_000], axis=1)


def known(plain: int, seeds: int = 0, reference: int = 0) -> KnownLinks:
    return KnownLinks(pairs(0, plain), pairs(1000, seeds), pairs(2000, reference))


def test_the_split_is_disjoint_complete_and_seeded() -> None:
    links = known(100)
    config = TrainingConfig(seed_ratio=0.3, validation_ratio=0.2)
    split = split_links(links, config)
    assert (len(split.seed), len(split.validation), len(split.test)) == (24, 6, 70)
    together = np.concatenate([split.seed, split.validation, split.test])
    assert sorted(together.tolist()) == links.plain.tolist()
    assert np.array_equal(split_links(links, config).seed, split.seed)
    other = split_links(links, TrainingConfig(seed_ratio=0.3, validation_ratio=0.2, random_seed=1))
    assert not np.array_equal(other.seed, split.seed)


@given(st.integers(0, 60), st.integers(1, 20), st.integers(0, 20), st.integers(0, 5))
def test_roles_are_kept_and_change_nothing_for_the_others(
    plain: int, seeds: int, reference: int, random_seed: int
) -> None:
    config = TrainingConfig(seed_ratio=0.3, validation_ratio=0.2, random_seed=random_seed)
    links = known(plain, seeds, reference)
    split = split_links(links, config)
    rows = [set(map(tuple, part.tolist())) for part in (split.seed, split.validation, split.test)]
    assert set(map(tuple, links.seeds.tolist())) <= rows[0]
    assert set(map(tuple, links.reference.tolist())) <= rows[2]
    assert len(rows[0] | rows[1] | rows[2]) == sum(map(len, rows)) == len(links)
    if plain >= 5:
        alone = split_links(known(plain), config)
        assert np.array_equal(split.validation, alone.validation)
        assert np.array_equal(split.seed[seeds:], alone.seed)
        assert np.array_equal(split.test[reference:], alone.test)


@pytest.mark.parametrize("ratio", [0.0, 0.001])
def test_a_split_without_seeds_is_refused(ratio: float) -> None:
    with pytest.raises(TrainingError, match="raise seed_ratio"):
        split_links(known(10, reference=3), TrainingConfig(seed_ratio=ratio))
    assert len(split_links(known(10, seeds=1), TrainingConfig(seed_ratio=ratio)).seed) == 1


def test_nothing_to_learn_from_is_refused() -> None:
    with pytest.raises(TrainingError, match="import a links file"):
        split_links(known(0), TrainingConfig())
    with pytest.raises(TrainingError, match="import seeds too"):
        split_links(known(0, reference=5), TrainingConfig())


def test_the_roles_are_those_of_the_files(project: ProjectFile, tmp_path: Path) -> None:
    for role, numbers in (("seeds", (3, 1)), ("reference", (2,))):
        path = tmp_path / f"{role}.tsv"
        path.write_text(
            "".join(f"http://example.org/1/{i:04x}\thttp://example.org/2/{i:04x}\n" for i in numbers)
        )
        import_links(project, path, role)
    with project.read() as session:
        links = arrays.known_links(session)
    assert links.seeds.tolist() == [[1, 41], [3, 43]]
    assert links.reference.tolist() == [[2, 42]]
    assert links.plain.tolist() == [[i, 40 + i] for i in range(4, 41)]
