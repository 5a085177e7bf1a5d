"""Architectures as rows: nothing is lost when stages are put together."""

import pytest

from kernels.architectures import ARCHITECTURES
from motionapp.labs.anatomy import anatomy


@pytest.mark.parametrize(
    ("name", "parameters", "multiply_adds"),
    [("LeNet-5", 61_706, 416_520), ("AlexNet", 62_378_344, 1_135_256_096), ("VGG-16", 138_357_544, 15_470_264_320)],
)
def test_rows_add_up_to_what_is_published(name, parameters, multiply_adds):
    found = anatomy(name)
    assert sum(stage.parameters for stage in found.stages) == found.parameters == parameters
    assert sum(stage.multiply_adds for stage in found.stages) == found.multiply_adds == multiply_adds


def test_vgg_is_five_blocks_of_convolutions_and_three_dense_layers():
    stages = anatomy("VGG-16").stages
    assert [stage.repeats for stage in stages if stage.kind == "convolution"] == [2, 2, 3, 3, 3]
    assert sum(stage.repeats for stage in stages if stage.kind == "dense") == 3
    assert stages[-1].shape == (1000,)


def test_what_is_written_of_a_row_counts_it():
    stage = anatomy("LeNet-5").stages[1]
    assert stage.sums == "6 filters of 1·5·5 weights and a bias: 156; 28·28 places: 117,600 multiply-adds"
    assert (stage.parameters, stage.multiply_adds) == (156, 117_600)


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_begins_with_its_picture(name):
    found = anatomy(name)
    assert found.stages[0].kind == "input"
    assert found.stages[0].shape == ARCHITECTURES[name].input_shape
    assert found.about
