"""How people type and paste a code that they have on paper."""

_WIDE = {ord("A") + n: 0xFF21 + n for n in range(26)} | {ord("0") + n: 0xFF10 + n for n in range(10)}  # as a Japanese keyboard writes
_LOOKALIKE = str.maketrans("ZGBV", "268u")

SPELLINGS = [
    str.lower,
    lambda code: f"{code[:4]}-{code[4:]}",
    lambda code: f"{code[:4]}\r\n{code[4:]}",
    lambda code: code.translate(_WIDE),
    lambda code: code.translate(_LOOKALIKE),
    " ".join,
    "\u2014".join,
    "\u200b".join,
    "“{}”.".format,
]
