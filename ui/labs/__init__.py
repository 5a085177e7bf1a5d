"""The labs: each idea of motion and learning acting on the picture that is playing, for an audience."""
