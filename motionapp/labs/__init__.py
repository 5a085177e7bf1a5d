"""What the labs show, computed without Qt: from pictures and parameters to arrays and small frozen results."""

#: The labs. The module of each name has a dataclass ``Parameters`` whose fields make controls and check scripts.
LABS = ("filters", "pyramids", "steerable", "magnify", "descent", "network", "descents")
