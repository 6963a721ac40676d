#!/usr/bin/env python3
"""Makes the constants of src/heat_math.c.

    heat_tables.py                       prints them
    heat_tables.py --check heat_math.c   fails unless the file holds each of them

Every constant is computed with 60 decimal digits and rounded to the nearest
double, ties to even.  The logarithms' first parts are cut to a multiple of
2^-41, so that adding an exponent to them is exact.
"""
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60
LN2 = Decimal(2).ln()


def double(x):
    """The double nearest to a Decimal; Python's division of integers rounds correctly."""
    f = Fraction(x)
    return f.numerator / f.denominator


def log2_cells():
    for i in range(65):
        exact = (1 + Decimal(i) / 64).ln() / LN2
        if i in (0, 64):
            exact = Decimal(i // 64)
        hi = float(Fraction(round(Fraction(exact) * 2**41), 2**41))
        yield hi, double(exact - Decimal(hi))


def exp2_cells():
    for i in range(65):
        exact = (-LN2 * i / 64).exp()
        if i in (0, 64):
            exact = 1 / Decimal(1 + i // 64)
        hi = double(exact)
        yield hi, double(exact - Decimal(hi))


def table(name, cells):
    yield "static const HeatCell %s[HEAT_CELLS + 1] = {" % name
    yield ",\n".join("\t{%s, %s}" % (hi.hex(), lo.hex()) for hi, lo in cells)
    yield "};"


def lines():
    for k in (1, 3, 5, 7):
        yield "#define LOG2_%d\t\t%s" % (k, double(2 / LN2 / k).hex())
    factorial = 1
    for k in range(1, 7):
        factorial *= k
        yield "#define EXP2_%d\t\t%s" % (k, double((-LN2)**k / factorial).hex())
    yield from table("log2_cells", log2_cells())
    yield from table("exp2_cells", exp2_cells())


text = list(lines())
if len(sys.argv) == 3 and sys.argv[1] == "--check":
    source = open(sys.argv[2]).read()
    missing = [part for part in text if part not in source]
    if missing:
        sys.exit("%s lacks:\n%s" % (sys.argv[2], "\n".join(missing)))
    print("%s holds every constant as computed" % sys.argv[2])
elif len(sys.argv) == 1:
    print("\n".join(text))
else:
    sys.exit(__doc__)
