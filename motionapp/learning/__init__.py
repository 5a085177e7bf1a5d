"""Kinds of motion taught and recognised: samples, a network trained on them, and the files that keep both."""
