"""What the labs show, computed without Qt: from pictures and parameters to arrays and small frozen results."""
