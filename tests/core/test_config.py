from __future__ import annotations

import dataclasses
import json
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import Iterative, ModelConfig, RunConfig, TrainingConfig
from core.errors import ConfigError


@settings(deadline=None)
@given(
    epochs=st.integers(1, 5000),
    rate=st.floats(1e-6, 0.9),
    modalities=st.lists(
        st.sampled_from(["structure", "relation", "attribute", "visual", "name"]), min_size=1, unique=True
    ),
    iterative=st.sampled_from(get_args(Iterative)),
)
def test_json_keeps_every_setting(epochs: int, rate: float, modalities: list[str], iterative: str) -> None:
    config = RunConfig().replace(
        epochs=epochs, learning_rate=rate, modalities=tuple(modalities), iterative=iterative
    )
    assert RunConfig.from_json(config.to_json()) == config


def test_text_from_a_command_line_becomes_the_right_type() -> None:
    config = RunConfig().replace(
        epochs="20",
        learning_rate="1e-3",
        iterative="propagation",
        modalities="structure, visual",
        transport="",
    )
    assert config.training.epochs == 20
    assert config.training.learning_rate == 1e-3
    assert config.training.iterative == "propagation"
    assert config.model.modalities == ("structure", "visual")
    assert config.model.transport == ()


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("epochs", 0, "epochs must be between 1 and 100000, found 0"),
        ("epochs", "many", "epochs must be a whole number, found 'many'"),
        ("epochs", 1.5, "epochs must be a whole number, found 1.5"),
        ("tau", float("nan"), "tau must be between"),
        ("iterative", "perhaps", "iterative must be one of off, paper, propagation"),
        ("pivot", "smell", r"pivot must be one of structure, .*, name, found 'smell'"),
        ("modalities", "structure,smell", "there is no modality 'smell'"),
        ("modalities", (), "modalities must name at least one"),
        ("visual_weights", 7, "visual_weights must be text, found 7"),
        ("dimension", 301, "dimension must be even"),
        ("colour", "red", "there is no setting 'colour'"),
        ("model.epochs", 3, "there is no setting 'model.epochs'"),
    ],
)
def test_a_wrong_value_is_named(key: str, value: object, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        RunConfig().replace(**{key: value})


@pytest.mark.parametrize(
    "text", ["", "[]", '{"model": {"depth": 3}}', '{"speed": 1}', '{"model": {"heads": "two"}}']
)
def test_json_that_is_no_configuration_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        RunConfig.from_json(text)


def test_missing_keys_keep_their_default() -> None:
    assert RunConfig.from_json(json.dumps({"model": {"heads": 3}})) == RunConfig(model=ModelConfig(heads=3))


def test_every_number_has_a_range_and_every_field_a_meaning() -> None:
    for section in (ModelConfig, TrainingConfig):
        for field in dataclasses.fields(section):
            assert field.metadata["help"]
            if field.type in ("int", "float"):
                assert field.metadata["low"] < field.metadata["high"]
                assert field.metadata["low"] <= field.default <= field.metadata["high"]


@pytest.mark.parametrize(("stored", "meaning"), [(True, "paper"), (False, "off")])
def test_a_run_of_an_earlier_version_keeps_its_iterative_training(stored: bool, meaning: str) -> None:
    text = json.dumps({"training": {"iterative": stored}})
    assert RunConfig.from_json(text).training.iterative == meaning


def test_propagated_seeds_need_support() -> None:
    with pytest.raises(ConfigError, match="needs a support_weight above 0"):
        RunConfig().replace(iterative="propagation", support_weight=0)
