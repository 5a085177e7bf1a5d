"""The classifier's network, built from its settings."""

from __future__ import annotations

from kernels.layers import Convolution
from kernels.network import Network, default, lenet5
from motionapp.settings import MapSettings, TrainingSettings
from motionapp.types import Array, MotionError


def build(settings: TrainingSettings, maps: MapSettings, classes: int) -> Network:
    """Return the network for windows of ``maps``: :func:`kernels.network.default`, filters doubling with each layer.

    Or :func:`kernels.network.lenet5`, whose layers and activation are its own.

    Raises
    ------
    MotionError
        If the maps are too small for so many layers.
    """
    channels, *size = maps.shape
    filters = [settings.filters * 2**stage for stage in range(settings.layers)]
    asked_for = "LeNet-5" if settings.architecture == "lenet5" else f"{settings.layers} layers"
    try:
        if settings.architecture == "lenet5":
            return lenet5(classes, channels, (size[0], size[1]))
        return default(channels, classes, settings.activation, size=(size[0], size[1]), filters=filters)
    except ValueError as error:
        raise MotionError(f"Maps of {maps.rows}×{maps.columns} cells are too small for {asked_for}: {error}") from None


def layer_names(network: Network) -> tuple[str, ...]:
    """Return a short name for every layer, such as "convolution 8"."""
    sizes = [getattr(layer, "filters", None) or getattr(layer, "units", None) for layer in network.layers]
    return tuple(f"{layer.kind} {size or ''}".strip() for layer, size in zip(network.layers, sizes, strict=True))


def learned_kernels(network: Network, weights: Array) -> tuple[Array, ...]:
    """Return the kernels of every convolution, ``(filters, channels, k, k)`` float32."""
    layers = zip(network.layers, network.views(weights), strict=True)
    return tuple(views[0].copy() for layer, views in layers if isinstance(layer, Convolution))
