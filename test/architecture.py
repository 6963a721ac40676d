#!/usr/bin/env python3
"""The architecture of src: which folder may include which, how long a file may
be, which symbols the library may export.

Prints what breaks a rule and fails; says what it could not look at."""

import os
import re
import subprocess
import sys

# Folders of src from the ground up; those of one line stand beside each other.
# A file includes headers of its own folder and of those in lines above it.
LAYERS = [
    ["core"],
    ["types"],
    ["util"],
    ["catalog"],
    ["rows"],
    ["state"],
    ["commands", "analysis"],
    ["modules"],
]

LONGEST = 800  # lines of a file

# What begins with the extension's prefix, or with the name of one of its types.
PREFIXED = re.compile(r"(lt|heat|funnel)_")
# What the server looks up by itself, and what it finds beside a function by its name.
LOADED = re.compile(r"Pg_magic_func$|_PG_init$")
BESIDE = "pg_finfo_"

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SRC = os.path.join(TOP, "src")


def layer(path):
    """layer returns the number of the line that names a file's folder, None if none does."""
    folder = path.split(os.sep)[0] if os.sep in path else None
    for number, folders in enumerate(LAYERS):
        if folder in folders:
            return number
    return None


def sources():
    """sources lists the C files and headers below src, by their paths there."""
    for folder, _, names in os.walk(SRC):
        for name in names:
            if name.endswith((".c", ".h")):
                yield os.path.relpath(os.path.join(folder, name), SRC)


def includes(path, files):
    """includes lists those of the files that a file includes."""
    with open(os.path.join(SRC, path), encoding="utf-8") as file:
        for name in re.findall(r'^#include "([^"]+)"', file.read(), re.M):
            beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
            for found in (name, beside):
                if found in files:
                    yield found
                    break


def goes_up(path, included):
    """goes_up says whether a file includes a header of a layer above its own, or of one beside it."""
    mine, other = layer(path), layer(included)
    if mine is None or other is None:
        return False
    return other > mine or (other == mine and path.split(os.sep)[0] != included.split(os.sep)[0])


def circles(graph):
    """circles lists the circles of a graph, each as the nodes that reach each other."""
    number, low, stack, found = {}, {}, [], []

    def visit(node):
        number[node] = low[node] = len(number)
        stack.append(node)
        for other in sorted(graph[node]):
            if other not in number:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], number[other])
        if low[node] == number[node]:
            circle = [stack.pop()]
            while circle[-1] != node:
                circle.append(stack.pop())
            if len(circle) > 1:
                found.append(sorted(circle))

    for node in sorted(graph):
        if node not in number:
            visit(node)
    return found


def unit(path):
    """unit returns the name of a C file and its header as one."""
    return os.path.splitext(path)[0]


def exported(library):
    """exported lists the symbols that a library defines for others."""
    lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, stdout=subprocess.PIPE,
                           universal_newlines=True).stdout.splitlines()
    return [line.split()[-1] for line in lines]


def called():
    """called lists the symbols that install scripts name, and those among them that earlier versions' do."""
    names, kept = set(), set()
    for folder, _, files in list(os.walk(SRC)) + list(os.walk(os.path.join(TOP, "upgrade"))):
        for name in files:
            if name.endswith(".sql"):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    found = re.findall(r"AS\s+'MODULE_PATHNAME',\s*'(\w+)'", file.read())
                names.update(found)
                if re.fullmatch(r"lead_temperature--[\d.]+\.sql", name):
                    kept.update(found)
    return names, kept


def symbol_faults(library):
    """symbol_faults lists what is wrong with the symbols that the library exports."""
    names, kept = called()
    faults = []
    for symbol in exported(library):
        if LOADED.match(symbol):
            continue
        function = symbol[len(BESIDE):] if symbol.startswith(BESIDE) else symbol
        if function not in names:
            faults.append(f"symbol {symbol} is exported, but no install script names {function}")
        elif not PREFIXED.match(function) and function not in kept:
            faults.append(f"symbol {symbol} is exported without a prefix")
    return faults


def main():
    """main checks all rules but those that the command line leaves out, which must be broken still."""
    files = sorted(sources())
    faults = {"layers": [], "circles": [], "length": [], "symbols": []}
    left_out = []
    graph = {unit(path): set() for path in files}

    for path in files:
        with open(os.path.join(SRC, path), encoding="utf-8") as file:
            length = len(file.readlines())
        if length > LONGEST:
            faults["length"].append(f"{path} has {length} lines, more than {LONGEST}")
        for included in includes(path, set(files)):
            if unit(included) != unit(path):
                graph[unit(path)].add(unit(included))
            if goes_up(path, included):
                faults["layers"].append(f"{path} includes {included}, which is not below it")
    unplaced = [path for path in files if layer(path) is None]
    if unplaced:
        left_out.append(f"layers: {len(unplaced)} of {len(files)} files are in no folder that has a layer")
    for circle in circles(graph):
        faults["circles"].append("a circle of includes: " + ", ".join(circle))

    library = os.path.join(TOP, "lead_temperature.so")
    if os.path.exists(library):
        faults["symbols"] = symbol_faults(library)
    else:
        left_out.append("symbols: lead_temperature.so is not built")

    for rule in sys.argv[1:]:
        if faults.pop(rule) or any(text.startswith(rule) for text in left_out):
            left_out.append(f"{rule}: not in force yet")
        else:
            faults[rule] = [f"{rule} is left out, though nothing breaks it"]
    for text in left_out:
        print("left out:", text)
    found = [text for texts in faults.values() for text in texts]
    for text in found:
        print(text)
    sys.exit(1 if found else 0)


main()
