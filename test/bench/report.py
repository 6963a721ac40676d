"""What was measured, as tables of medians with ratios, and the document made of it."""

import statistics


class Table:
    """Results of one kind: lines are peers in groups, columns are sizes.

    The first line of comparison in a group is that of `ours`; the number in parentheses after what a peer reaches is
    ours divided by the peer's.
    """

    def __init__(self, title, unit, axis, note="", ours="tracked", growth=True, lines="load", columns=()):
        self.title = title
        self.unit = unit
        self.axis = axis
        self.note = note
        self.ours = ours
        self.growth = growth
        self.lines = lines
        self.values = {}
        self.columns = list(columns)

    def add(self, group, peer, column, value):
        """Note one measurement."""
        self.values.setdefault((group, peer), {}).setdefault(column, []).append(value)
        if column not in self.columns:
            self.columns.append(column)

    def median(self, group, peer, column):
        """The median of what was measured, None if nothing was."""
        values = self.values.get((group, peer), {}).get(column)
        return statistics.median(values) if values else None

    def ratio(self, group, peer, other, column):
        """A peer's median in terms of another's, None unless both were measured."""
        a, b = self.median(group, peer, column), self.median(group, other, column)
        return a / b if a is not None and b else None

    def cell(self, group, peer, column):
        """A median with the ratio of ours to it."""
        value = self.median(group, peer, column)
        if value is None:
            return "–"
        ratio = self.ratio(group, self.ours, peer, column) if peer != self.ours else None
        return number(value) + (f" ({number(ratio)})" if ratio is not None else "")

    def grows(self, group, peer):
        """What the last column is of the first, by their names."""
        measured = [c for c in self.columns if self.median(group, peer, c) is not None]
        if len(measured) < 2 or not self.median(group, peer, measured[0]):
            return "–"
        first, last = measured[0], measured[-1]
        grown = number(self.median(group, peer, last) / self.median(group, peer, first))
        return f"× {grown}" + ("" if len(measured) == len(self.columns) else f" ({first} → {last})")

    def markdown(self):
        """The table as text."""
        head = [self.lines, "", *[str(c) for c in self.columns]]
        if self.growth:
            head.append(f"{self.columns[0]} → {self.columns[-1]}")
        lines = []
        groups = list(dict.fromkeys(group for group, _ in self.values))
        for group in groups:
            for g, peer in self.values:
                if g == group:
                    name = peer if peer != self.ours else f"**{peer}**"
                    line = [group, name, *[self.cell(group, peer, c) for c in self.columns]]
                    lines.append(line + [self.grows(group, peer)] if self.growth else line)
        times = {len(v) for columns in self.values.values() for v in columns.values()}
        text = f"{self.unit[0].upper()}{self.unit[1:]}; columns: {self.axis}."
        if max(times) == 1:
            text += " Measured once."
        elif min(times) == max(times):
            text += f" Medians of {max(times)} rounds."
        else:
            text += f" Medians of {min(times)} to {max(times)} rounds."
        if any(peer == self.ours for _, peer in self.values) and len(self.values) > len(groups):
            text += f" In parentheses: {self.ours} ÷ that line."
        return f"## {self.title}\n\n{text}{' ' + self.note if self.note else ''}\n\n{grid(head, lines, 2)}"


def number(value):
    """A number to three digits, large ones with commas."""
    if value == 0:
        return "0"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.{max(0, 2 - len(str(int(abs(value)))) + 1)}f}" if abs(value) >= 1 else f"{value:.3g}"


def size(n):
    """A count in short: 10k, 1M."""
    for unit, name in ((1_000_000, "M"), (1_000, "k")):
        if n >= unit:
            return f"{n / unit:g}{name}"
    return f"{n:g}"


def grid(head, lines, left):
    """A table in Markdown that reads well as text too; the first columns go to the left."""
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]

    def row(line):
        cells = [c.ljust(w) if i < left else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths))]
        return "| " + " | ".join(cells) + " |"

    rule = ["-" * (w + 2) if i < left else "-" * (w + 1) + ":" for i, w in enumerate(widths)]
    return "\n".join([row(head), "|" + "|".join(rule) + "|", *[row(line) for line in lines]])


class Target:
    """Something to reach: a value that is at most, or at least, a bound."""

    def __init__(self, what, value, sign, bound, unit=""):
        self.what = what
        self.value = value
        self.sign = sign
        self.bound = bound
        self.unit = unit

    def line(self):
        """What, bound, value, and whether it is met."""
        bound = f"{self.sign} {number(self.bound)}{self.unit}"
        if self.value is None:
            return [self.what, bound, "–", "not measured"]
        met = {"≤": self.value <= self.bound, "<": self.value < self.bound,
               "≥": self.value >= self.bound, ">": self.value > self.bound}[self.sign]
        return [self.what, bound, f"{number(self.value)}{self.unit}", "met" if met else "**missed**"]


def targets_markdown(targets):
    """The table of targets."""
    lines = [target.line() for target in targets]
    met = sum(line[-1] == "met" for line in lines)
    return f"## Targets\n\n{met} of {len(lines)} met.\n\n" + grid(["what", "reach", "reached", ""], lines, 1)
