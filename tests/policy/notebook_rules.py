"""What every notebook of the course keeps to: small functions, notebook in, list of faults out.

`nbval --nbval-lax` compares only cells tagged `nbval-check-output`, says nothing of a cell that was
never run, and lets `raises-exception` pass where nothing raises: these rules see to the rest.
"""
import ast
import copy
import json
import re
import statistics

import nbformat

CHECKED, RAISES, SILENT = "nbval-check-output", "raises-exception", "silent"
EMOJI = re.compile("[\U0001F000-\U0001FAFF\u2600-\u26FF\u2705\u274C\u2728\u2B50]")
# Words of a checked output that differ between machines or versions.
UNSTABLE = {
    "an address": r"0x[0-9a-fA-F]{6,}",
    "a version": r"\b\d+\.\d+\.\d+\b|\+cpu|\+cu\d+",
    "an L with its count": r"^\(#\d+\) \[",
    "many decimals": r"\d\.\d{4,}",
    "a path": r"(^|[\s'\"(])(/[\w.-]+){2,}|[A-Z]:\\",
    "a time": r"\b\d\d:\d\d\b|\b\d+(\.\d+)? ?(ms|s|seconds)\b",
}
NETWORK = r"https?://|\burllib\b|\burlopen\b|\brequests\.|\bhttpx\b|\bwget\b|\bcurl\b|untar_data\("
INSTALLS = r"\b(pip3?|conda|mamba|apt|apt-get|brew|npm|uv)\s+(install|add)\b"
INTERACT = r"\binteract(ive|ive_output|_manual)?\s*\(|@(widgets\.)?interact"


def code_cells(nb): return [c for c in nb.cells if c.cell_type == "code"]


def written_cells(nb): return [c for c in code_cells(nb) if c.source.strip()]


def tags(cell): return cell.metadata.get("tags", [])


def markdown(nb): return "\n\n".join(c.source for c in nb.cells if c.cell_type == "markdown")


def name_of(cell): return f"cell {cell.get('id', '?')}"


def prose(text):
    "Markdown without its code, links' addresses, pictures and HTML tags."
    text = re.sub(r"```.*?```|~~~.*?~~~", " ", text, flags=re.S)
    text = re.sub(r"(?m)^(    |\t).*$", " ", text)
    text = re.sub(r"(`+).*?\1", " code ", text, flags=re.S)
    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r" \1 ", text)
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$", " formula ", text, flags=re.S)
    text = re.sub(r"\]\([^)]*\)", "]", text)
    return re.sub(r"<!--.*?-->|<[^>]+>", " ", text, flags=re.S)


def loud(text):
    "Exclamation marks and pictures in place of words."
    return [f"{m.group()!r} in the text: …{text[max(0, m.start() - 30):m.start()].strip()}"
            for m in re.finditer(f"!|{EMOJI.pattern}", text)]


def python_of(cell):
    "The cell's source with shell lines, magics and trailing `?` taken out, parsed; None if broken."
    lines = [line for line in cell.source.splitlines()
             if not re.match(r"\s*[!%]|\?", line) and not re.search(r"\?\s*$", line)]
    try:
        return ast.parse("\n".join(lines) or "pass")
    except SyntaxError:
        return None


# every notebook

def valid(nb):
    "The file is a valid notebook with unique cell ids, for the kernel python3."
    wrong = []
    try:
        nbformat.validate(copy.deepcopy(nb))   # it would mend double ids in place
    except nbformat.ValidationError as e:
        wrong.append(str(e).strip().splitlines()[0])
    ids = [c.get("id") for c in nb.cells]
    if None in ids or len(ids) != len(set(ids)): wrong.append("cell ids are missing or not unique")
    if nb.metadata.get("kernelspec", {}).get("name") != "python3":
        wrong.append("the kernel is not python3")
    return wrong


def run_in_order(nb):
    "Every code cell was run, in order, by Restart and Run All."
    counts = [c.execution_count for c in written_cells(nb)]
    wrong = [f"{name_of(c)} is empty" for c in code_cells(nb) if not c.source.strip()]
    if counts == list(range(1, len(counts) + 1)): return wrong
    return wrong + [f"execution counts are {counts}, not 1 to {len(counts)}: Restart and Run All"]


def errors_are_meant(nb):
    "An error is stored where the tag raises-exception stands, and nowhere else."
    wrong = []
    for c in code_cells(nb):
        failed = any(o.output_type == "error" for o in c.outputs)
        if failed and RAISES not in tags(c): wrong.append(f"{name_of(c)} holds an error")
        if RAISES in tags(c) and not failed: wrong.append(f"{name_of(c)} should have raised")
    return wrong


def no_hidden_output(nb):
    "No line ends in a semicolon: it hides nothing here, and one line is one statement."
    return [f"{name_of(c)} ends a line with ;" for c in code_cells(nb)
            if re.search(r";\s*(#.*)?$", c.source, re.M)]


def no_interact(nb):
    "Labs, not interact: it is slow, flickers, and cannot be checked."
    return [f"{name_of(c)} uses interact" for c in code_cells(nb) if re.search(INTERACT, c.source)]


def no_installs(nb):
    "A notebook installs nothing."
    return [f"{name_of(c)} installs" for c in code_cells(nb) if re.search(INSTALLS, c.source)]


def no_network(nb):
    "A notebook needs no network, neither in its cells nor for its pictures."
    wrong = [f"{name_of(c)} reaches for the network" for c in code_cells(nb)
             if re.search(NETWORK, c.source)]
    wrong += [f"{name_of(c)}: an output loads something from the network" for c in code_cells(nb)
              for html in htmls(c) if re.search(r"(src|href=[^>]*stylesheet).{0,3}https?://", html)]
    text = markdown(nb)
    if re.search(r"!\[[^\]]*\]\(\s*https?://|<img[^>]*src=.https?://", text):
        wrong.append("a picture in the text is loaded from the network")
    return wrong


def text_of(value): return "".join(value) if isinstance(value, list) else str(value)


def htmls(cell):
    return [text_of(o.data["text/html"]) for o in cell.outputs
            if "text/html" in o.get("data", {})]


def _undescribed(html):
    "Pictures without words; one inside a link that has words of its own is an ornament."
    for link in re.findall(r"<a\b.*?</a>", html, re.S):
        if re.search(r"\w", re.sub(r"<[^>]+>", "", link)): html = html.replace(link, "")
    pictures = re.findall(r"<img\b[^>]*>", html) + re.findall(r"<svg\b.*?</svg>", html, re.S)
    described = r"\balt=(\"[^\"]*\w[^\"]*\"|'[^']*\w[^']*')|aria-label=.\w|<title>\s*\w|aria-hidden"
    return [p for p in pictures if not re.search(described, p)]


def pictures_are_described(nb):
    "Every picture has words for those who do not see it: `show(fig, alt=…)` or a lab's sentence."
    wrong = []
    for c in code_cells(nb):
        for o in c.outputs:
            data = o.get("data", {})
            drawn = [kind for kind in data if kind.startswith("image/")]
            if drawn and not re.search(r"<img\b", text_of(data.get("text/html", ""))):
                wrong.append(f"{name_of(c)}: a bare {drawn[0]}; show it with show(fig, alt=…)")
        if any(map(_undescribed, htmls(c))): wrong.append(f"{name_of(c)}: a picture without alt")
    text = markdown(nb)
    if _undescribed(text) or re.search(r"!\[\s*\]\(", text):
        wrong.append("a picture in the text has no alt text")
    return wrong


def not_heavy(nb):
    "At most 500 KB."
    size = len(json.dumps(nb, indent=1, ensure_ascii=False).encode())
    return [f"{size // 1000} KB, more than 500"] if size > 500_000 else []


def quiet_prose(nb):
    "No exclamation marks, no emoji."
    return loud(prose(markdown(nb)))


def checked_cells_are_steady(nb):
    "A compared output is plain words: shapes, whole numbers, hand-sized examples."
    wrong = []
    for c in code_cells(nb):
        if CHECKED not in tags(c): continue
        if not c.outputs: wrong.append(f"{name_of(c)} is compared but has no output")
        for o in c.outputs:
            data = o.get("data", {"text/plain": o.get("text", "")})
            if set(data) != {"text/plain"}:
                wrong.append(f"{name_of(c)} is compared, but is not plain text: {sorted(data)}")
            text = text_of(data.get("text/plain", ""))
            wrong += [f"{name_of(c)} is compared, but holds {what}"
                      for what, pattern in UNSTABLE.items() if re.search(pattern, text, re.M)]
    return wrong


def no_machine_in_outputs(nb):
    "No output tells the folders of the machine that made it."
    pattern = r"/(home|Users|ro[o]t|w[o]rk|tmp)/[\w.-]+|[A-Z]:\\\\?Users"
    return [f"{name_of(c)}: the output holds {m.group()}" for c in code_cells(nb)
            for m in re.finditer(pattern, json.dumps(c.outputs, ensure_ascii=False))]


# chapters

def right_length(nb):
    "35 to 60 cells, 800 to 1,800 words."
    words = len(re.findall(r"\w[\w'’-]*", prose(markdown(nb))))
    wrong = [] if 35 <= len(nb.cells) <= 60 else [f"{len(nb.cells)} cells, not 35 to 60"]
    return wrong + ([] if 800 <= words <= 1800 else [f"{words} words, not 800 to 1,800"])


def short_cells(nb):
    "A code cell has at most 25 lines, half of them at most six."
    lines = [len(c.source.strip().splitlines()) for c in written_cells(nb)]
    wrong = [f"{name_of(c)} has {n} lines, more than 25" for c, n in zip(written_cells(nb), lines)
             if n > 25]
    middle = statistics.median(lines or [0])
    return wrong + ([f"the median code cell has {middle} lines, more than 6"] if middle > 6 else [])


def short_steps(nb):
    "At most 120 words stand before the next cell that does something."
    wrong, words = [], 0
    for c in nb.cells:
        if c.cell_type == "code": words = 0
        elif re.match(r"#+ ", c.source): words = 0
        if c.cell_type == "markdown":
            words += len(re.findall(r"\w[\w'’-]*", prose(c.source)))
            if words > 180: wrong.append(f"{name_of(c)}: {words} words in a row without a cell")
    return wrong


def output_is_why(nb):
    "A cell that only calls something shows something, or is tagged `silent`."
    wrong = []
    for c in written_cells(nb):
        tree = python_of(c)
        if c.outputs or SILENT in tags(c) or tree is None: continue
        if isinstance(tree.body[-1], ast.Expr): wrong.append(f"{name_of(c)} shows nothing")
    return wrong


def _calls(nb, name):
    "Cells that call it; of `hint`, which the reader types, also those that tell how."
    cells = nb.cells if name == "hint" else code_cells(nb)
    return [c for c in cells if re.search(rf"\b{name}\(", c.source)]


FRAME = {   # a heading with these words
    "You will be able to": r"able to", "Turn the knob": r"turn the knob", "Break it": r"break it",
    "Exercises": r"exercise", "Take-away": r"take[- ]?away|what to take|take with you",
    "Words": r"\bwords\b", "Quiz": r"\bquiz\b", "Next": r"\bnext\b",
}


def frame(nb):
    "A chapter has every part of the frame, in a heading or by the call that makes it."
    headings = [line for c in nb.cells if c.cell_type == "markdown"
                for line in re.findall(r"(?m)^#+ .*|^\*\*[^*]+\*\*", c.source)]
    wrong = [f"no heading '{part}'" for part, words in FRAME.items()
             if not any(re.search(words, h, re.I) for h in headings)]
    first = nb.cells[0].source if nb.cells else ""
    parts = dict(title=r"^# ", question=r"\?", minutes=r"minute", book=r"[Bb]ook")
    for part, words in parts.items():
        if not re.search(words, first, re.M): wrong.append(f"the first cell has no {part}")
    opening = written_cells(nb)[0].source if written_cells(nb) else ""
    if "from utils import *" not in opening or "setup(seed=42" not in opening:
        wrong.append("the first code cell is not `from utils import *` with `setup(seed=42)`")
    for name, least in dict(guess=1, reveal=1, checkpoint=2, check=3, hint=1, quiz=1).items():
        found = len(_calls(nb, name))
        if found < least: wrong.append(f"{found} cells call {name}, at least {least} should")
    return wrong


# apps

def three_cells(nb):
    "An app is three short cells: import, build, show."
    wrong = [] if len(nb.cells) == 3 else [f"{len(nb.cells)} cells, not 3"]
    lines = sum(len(c.source.splitlines()) for c in code_cells(nb))
    return wrong + ([f"{lines} lines of code: move them into utils"] if lines > 9 else [])


EVERY = (valid, run_in_order, errors_are_meant, no_hidden_output, no_interact, no_installs,
         no_network, pictures_are_described, not_heavy, quiet_prose, checked_cells_are_steady,
         no_machine_in_outputs)
CHAPTER = (right_length, short_cells, short_steps, output_is_why, frame)
APP = (three_cells,)
