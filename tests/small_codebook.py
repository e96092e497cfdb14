"""A codebook of three tools of two types, small enough to count by hand."""

from helpers import codebook

SCHEME = codebook.parse({
    "id": "small", "name": {"en": "Small", "zh": "小"},
    "types": [{"id": "give", "en": "Give", "zh": "给"}, {"id": "rule", "en": "Rule", "zh": "管"}],
    "tools": [
        {"id": "money", "type": "give", "en": "Money", "zh": "钱"}, {"id": "help", "type": "give", "en": "Help", "zh": "助"},
        {"id": "ban", "type": "rule", "en": "Ban", "zh": "禁"},
    ],
    "statements": {},
})  # fmt: skip
