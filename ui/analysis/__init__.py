"""Offline analysis in the window: what is asked for, what is drawn for it on the picture, and what came of it."""
