"""The colours of arrows, the same in the window, in snapshots and in recordings. RGB; imports nothing."""

#: The blue of the arrows, and the thin dark line around them: of a short arrow it is most of what one sees.
ARROW = (0x2A, 0x6D, 0xF4)
OUTLINE = (0x0C, 0x20, 0x57)

#: Arrows coloured by speed, slow to fast: up to these parts of the reference speed, and beyond the last.
SPEED_STEPS = (0.25, 0.5, 1.0, 2.0)
SPEEDS = ((0x3B, 0x7C, 0xFF), (0x22, 0xB8, 0xDD), (0x49, 0xC8, 0x6A), (0xF2, 0xC2, 0x30), (0xF2, 0x45, 0x3D))
