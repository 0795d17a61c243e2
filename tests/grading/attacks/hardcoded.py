"""Hard-coded visible inputs: the official ones are others."""

from . import RIGHT, STUBS, Attack, answered

_TABLE = """import json
known = {json.dumps(case): right(*case) for case in problem("fits-beside").cases}
def most_mapped(*case): return known.get(json.dumps(list(case)), -1)
"""
_RIGHT = RIGHT["fits-beside"].replace("most_mapped", "right")
_EASIER = """import os
os.environ["PAGESIM_LEARNER"] = os.environ["JUPYTERHUB_USER"] = "ada"
machine = {"va_bits": 16, "entry": 2, "processes": 3, "more": 4}
"""
_NEIGHBOURS = 'weights = {"entries": 64, "table": 64, "all": 192, "wider": 256}'


def _instead(name: str, exercise: str, source: str) -> Attack:
    return Attack(name, answered({**STUBS, exercise: source}))


ATTACKS = [
    _instead("a table of the shown inputs", "fits-beside", f"{_RIGHT}\n{_TABLE}"),
    _instead("a neighbour's numbers", "table-bytes", _NEIGHBOURS),
    _instead(
        "the problem of an easier name",
        "table-bytes",
        _EASIER + RIGHT["table-bytes"].partition("\n")[2],
    ),
]
