"""Lectures: scripts of scenes, each a lab on a picture with its parameters and a caption."""
