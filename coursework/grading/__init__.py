"""Grade submissions in a box that they cannot get out of, against problems they have not seen."""
