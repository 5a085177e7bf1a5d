"""The Classify panel: classes and their samples, training watched live, and what has been learned, at work."""
