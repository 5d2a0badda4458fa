"""Exact versions of all that pyproject.toml needs, as installed here: the text of requirements.txt.

Run as `make requirements`.
"""
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
HEAD = """\
# Exact versions, tried together. Written by `make requirements`; the ranges are in pyproject.toml.
"""
# Needed by the packages above on systems other than the one that wrote this file.
ELSEWHERE = """\
appnope==1.0.0; sys_platform == "darwin"
colorama==0.4.6; sys_platform == "win32"
pywinpty==3.1.2; sys_platform == "win32"
"""


def roots(pyproject):
    "What the course asks for itself, tests included, as requirement strings."
    project = tomllib.loads(pyproject)["project"]
    return project["dependencies"] + project["optional-dependencies"]["test"]


def closure(requirements):
    "Names of all installed packages that these requirements need, directly or not."
    found = set()
    waiting = [Requirement(r) for r in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if (name, *requirement.extras) in found: continue
        found.add((name, *requirement.extras))
        extras = requirement.extras or {""}
        for text in metadata.distribution(name).requires or []:
            needed = Requirement(text)
            marker = needed.marker
            if marker is None or any(marker.evaluate({"extra": e}) for e in extras):
                waiting.append(needed)
    return sorted({name for name, *_ in found})


def requirements_text():
    "The whole of requirements.txt; a build's local mark (torch's +cpu) is left out."
    names = closure(roots((ROOT / "pyproject.toml").read_text()))
    lines = [f"{name}=={metadata.version(name).split('+')[0]}\n" for name in names]
    return HEAD + "".join(lines) + ELSEWHERE


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(requirements_text())
