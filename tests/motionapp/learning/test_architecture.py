"""The classifier's network: one builder, whoever asks."""

from dataclasses import replace

import pytest

from kernels import network
from motionapp.learning.architecture import build, layer_names
from motionapp.settings import MapSettings, TrainingSettings
from motionapp.types import MotionError


def test_the_default_settings_give_the_network_that_is_called_the_classifier_and_is_measured():
    maps = MapSettings()
    assert build(TrainingSettings(), maps, 3) == network.default(maps.shape[0], 3)


@pytest.mark.parametrize("activation", network.ACTIVATIONS)
def test_every_activation_has_the_same_name_in_both(activation):
    maps, settings = MapSettings(direction=True), replace(TrainingSettings(), activation=activation)
    assert build(settings, maps, 3) == network.default(maps.shape[0], 3, activation)


def test_filters_double_with_every_layer():
    built = build(replace(TrainingSettings(), layers=3, filters=4), MapSettings(), 2)
    assert [name for name in layer_names(built) if "conv" in name] == [
        "convolution 4",
        "convolution 8",
        "convolution 16",
    ]


def test_lenet_is_built_for_the_maps_and_classes_at_hand():
    maps = MapSettings(direction=True)
    assert build(replace(TrainingSettings(), architecture="lenet5"), maps, 4) == network.lenet5(4, 24, (36, 48))
    with pytest.raises(MotionError, match="12×16 cells are too small for LeNet-5"):
        build(replace(TrainingSettings(), architecture="lenet5"), MapSettings(rows=12, columns=16), 2)


def test_maps_too_small_for_the_layers_are_refused_by_name():
    with pytest.raises(MotionError, match="8×8 cells are too small for 3 layers"):
        build(replace(TrainingSettings(), layers=3), MapSettings(rows=8, columns=8), 2)
