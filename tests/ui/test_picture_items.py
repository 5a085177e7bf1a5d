"""Arrows on the canvas: each is where its field says, in its colour, alone and in a crowd."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QGraphicsScene

from motionapp.arrows import Samples, outline
from ui.picture_items import _DENSE, ArrowItem
from ui.theme import ARROW, SPEEDS

GROUND = "#808080"


def field_of(count: int):
    """Return ``count`` arrows of 15 to 45 px in all directions, 100 px apart, and the side of the picture they fill."""
    per_row = int(np.ceil(np.sqrt(count)))
    y, x = np.divmod(np.arange(count, dtype=np.float32), per_row)
    angle = np.linspace(0.0, 2 * np.pi, count, dtype=np.float32)
    speed = np.linspace(0.5, 1.5, count, dtype=np.float32)
    samples = Samples(50 + 100 * x, 50 + 100 * y, 30 * speed * np.cos(angle), 30 * speed * np.sin(angle))
    return outline(samples, 1.0, 1.0), 100 * per_row


def painted(item: ArrowItem, side: int) -> QImage:
    """Return the item as its scene draws it, over grey."""
    scene = QGraphicsScene(0, 0, side, side)
    scene.addItem(item)
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor(GROUND))
    painter = QPainter(image)
    scene.render(painter)
    painter.end()
    scene.removeItem(item)
    return image


@pytest.mark.parametrize("count", [4, _DENSE])
@pytest.mark.parametrize("by_speed", [False, True])
def test_every_arrow_is_drawn_where_and_as_it_is(qapp, count, by_speed):
    field, side = field_of(count)
    edges = np.array([18.0, 25.0, 35.0, 42.0])
    item = ArrowItem()
    item.set_field(field, edges if by_speed else None)
    image = painted(item, side)
    assert not item.boundingRect().isEmpty()
    for corners, speed in zip(field.corners, field.speed_px_s):
        tail, neck, tip = (corners[0] + corners[6]) / 2, (corners[1] + corners[5]) / 2, corners[3]
        expected = SPEEDS[int(np.searchsorted(edges, speed))] if by_speed else ARROW
        head = neck + 0.4 * (tip - neck)
        assert image.pixelColor(*np.floor(head).astype(int).tolist()) == QColor(expected)
        shaft = [tail + part * (neck - tail) for part in np.linspace(0.3, 0.7, 9)]
        assert any(image.pixelColor(*np.floor(at).astype(int).tolist()) == QColor(expected) for at in shaft)
        beside = tail - 4 * (tip - tail) / np.linalg.norm(tip - tail)
        assert image.pixelColor(*np.floor(beside).astype(int).tolist()) == QColor(GROUND)


def test_no_field_draws_nothing(qapp):
    item = ArrowItem()
    item.set_field(field_of(4)[0])
    item.set_field(None)
    image = painted(item, 200)
    assert item.boundingRect().isEmpty()
    assert {image.pixel(x, y) for x in range(200) for y in range(200)} == {QColor(GROUND).rgb()}
