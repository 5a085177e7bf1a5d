"""Offline analysis: from a video file to numbers, pictures and fields that people can publish."""
