"""Heads of portal pages, whatever format they came in: labels become metadata, and none of them a sentence."""

import pytest
from portal_heads import HEADS

from helpers import repair, structure

NAMES = {"code": "county_code", "number": "doc_number", "form": "doc_form", "date": "issued_date"}


@pytest.mark.parametrize(("text", "wanted"), HEADS, ids=[text[:18].replace("\n", " ") for text, _ in HEADS])
def test_heads(text, wanted):
    repaired = repair.repair(text)
    furniture = "\n".join(r.before for r in repaired.repairs if "furniture" in r.rule)
    found = structure.metadata(repaired.text, wanted.get("file", "page.txt"), furniture)
    units = [unit.text for unit in structure.units(repaired.text)]
    for name, value in wanted.items():
        if name == "flag":
            assert any(value in flag for flag in found["flags"]), found["flags"]
        elif name == "no_flag":
            assert not any(value in flag for flag in found["flags"]), found["flags"]
        elif name == "no_unit":
            assert not [word for word in value if any(word in unit for unit in units)], units
        elif name == "issuer_not":
            assert not [word for word in value if word in found["issuer"]], found["issuer"]
        elif name != "file":
            assert found[NAMES.get(name, name)] == value, (name, found)
