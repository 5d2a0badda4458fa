"The page on a class: pictures with their words, a table beside each, everything in one file."
import base64
import html

from ..plots import to_png
from .class_figures import SHADES, draw_chapters, draw_hardest, draw_map, draw_mistakes
from .class_numbers import STATES, Group
from .page import bare, rich

__all__ = ['page_of', 'left_out', 'map_part', 'hardest_part', 'mistakes_part', 'summary']

STYLE = """
.class-report { line-height: 1.5; color: #222; max-width: 1180px; margin: 0 auto }
.class-report h2 { font-size: 1.25em; margin: 1.8em 0 .3em }
.class-report p { max-width: 46em; margin: .4em 0 .8em }
.class-report img { max-width: 100%; height: auto; background: #fff; display: block }
.class-report .two { display: grid; gap: 1em 2.2em; align-items: start;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 460px), 1fr)) }
.class-report .scroll { overflow-x: auto; max-width: 100%; margin: .5em 0 1em }
.class-report table { border-collapse: collapse; font-size: .88em; margin: 0 }
.class-report th, .class-report td { text-align: left; padding: .25em .6em; vertical-align: top;
  border-bottom: 1px solid #ddd }
.class-report thead th { border-bottom: 1px solid #888 }
.class-report caption { text-align: left; color: #555; padding-bottom: .3em }
.class-report .who th[scope=row] { position: sticky; left: 0; background: #fff; font-weight: normal;
  white-space: nowrap; max-width: 11em; overflow: hidden; text-overflow: ellipsis }
.class-report .who td, .class-report .who thead th { text-align: center; white-space: nowrap }
.class-report .who thead th:first-child { text-align: left }
@media (max-width: 640px) { .class-report th, .class-report td { padding: .25em .35em } }
.class-report .words td:nth-child(2):not(.number) { min-width: 11em }
.class-report .number { text-align: right !important }
.class-report details { margin: .3em 0 }
.class-report summary { cursor: pointer; padding: .2em 0 }
.class-report .note { border-left: 4px solid #E69F00; padding: .4em .9em; background: #E69F0014 }
.class-report .note ul { margin: .2em 0; padding-left: 1.2em }
"""
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The class</title>
<style>
body {{ font-family: system-ui, -apple-system, "Segoe UI", sans-serif; margin: 0;
  padding: 1.5em clamp(.9em, 3vw, 2.5em) 3em; background: #fff }}
h1 {{ font-size: 1.7em; margin: 0 }}
{style}
@media print {{
  body {{ padding: 0; font-size: 10pt }}
  .class-report section, .class-report tr, .class-report img {{ break-inside: avoid }}
  .class-report section.map {{ break-inside: auto }}
  .class-report thead {{ display: table-header-group }}
  .class-report .scroll {{ overflow: visible }}
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact }}
}}
</style></head>
<body><main class="class-report"><h1>The class</h1>
{body}
</main>
<script>addEventListener('beforeprint',
  () => document.querySelectorAll('details').forEach(d => {{ d.open = true }}))</script>
</body></html>
"""


def _uri(fig) -> tuple[str, int]:
    "A figure as a data URI, sharp on a fine screen unless it is long, and its width on the page."
    png = to_png(fig, dpi=150 if fig.get_figheight() < 15 else 100, level=4)
    data = base64.b64encode(png).decode()
    return f'data:image/png;base64,{data}', round(fig.get_figwidth() * 100)


def _picture(fig, alt: str, narrow=None) -> str:
    "An <img> with its words; on a narrow page another picture, if there is one."
    uri, width = _uri(fig)
    img = f'<img alt="{html.escape(alt)}" src="{uri}" style="width: {width}px">'
    if narrow is None: return img
    small, _ = _uri(narrow)
    return f'<picture><source media="(max-width: 640px)" srcset="{small}">{img}</picture>'


def _table(head: list[str], rows: list[list[str]], look: str, caption: str = '',
           numbers: tuple = ()) -> str:
    "A table of ready HTML cells; the first of each row is its heading."
    def cell(tag, i, c): return f'<{tag}{" class=number" * (i in numbers)}>{c}</{tag}>'
    top = ''.join(f'<th scope="col"{" class=number" * (i in numbers)}>{h}</th>'
                  for i, h in enumerate(head))
    body = ''.join(f'<tr><th scope="row">{row[0]}</th>'
                   + ''.join(cell('td', i, c) for i, c in enumerate(row[1:], 1)) + '</tr>'
                   for row in rows)
    named = f'<caption>{caption}</caption>' * bool(caption)
    return (f'<div class="scroll" tabindex="0"><table class="{look}">{named}<thead><tr>{top}</tr>'
            f'</thead><tbody>{body}</tbody></table></div>')


def _some(n: int, word: str) -> str: return f'{n:,} {word}{"s" * (n != 1)}'


def summary(group: Group) -> str:
    "One sentence on the whole class."
    if not group.students: return 'No file of a student could be read.'
    if not group.ids:
        return f'{_some(len(group.students), "student")}; nobody has tried an exercise yet.'
    counts, places = group.counts(), len(group.students) * len(group.ids)
    right = counts['right at once'] + counts['right later']
    first, last = group.chapters[0].number, group.chapters[-1].number
    where = f'chapter {first}' if first == last else f'the chapters begun, {first} to {last}'
    return (f'{_some(len(group.students), "student")}, {_some(len(group.ids), "exercise")} of '
            f'{where}: {right / places:.0%} of all fields are right ({counts["right at once"]:,} '
            f'at once, {counts["right later"]:,} later), {counts["not yet"]:,} not yet, '
            f'{counts["open"]:,} open.')


def left_out(group: Group) -> str:
    "The files that could not be used, each with its reason."
    return (_files(group.handed.left_out, 'left out') +
            _files(group.handed.remarks, 'read, with a remark'))


def _files(files: list[tuple[str, str]], what: str) -> str:
    "Some files with a sentence on each."
    if not files: return ''
    items = ''.join(f'<li><b>{html.escape(f)}</b> {html.escape(why)}.</li>' for f, why in files)
    verb = 'was' if len(files) == 1 else 'were'
    head = f'{_some(len(files), "file")} {verb} {what}'
    return f'<div class="note"><b>{head}</b><ul>{items}</ul></div>'


def _sign(entry) -> str:
    "A field of the table: the sign that `check` shows, and the tries where there were several."
    if entry is None: return '–'
    sign = '✓' if entry.state == 'right' else '○'
    return f'{sign} {entry.tries}' if entry.tries > 1 else sign


def _shade(group: Group, s, id: str) -> str:
    "A table's field in the colour of the picture."
    code = group.code(s, id)
    ink = '#fff' if code > 1 else '#222'
    return (f'<span style="display:block;min-width:2.2em;padding:0 .3em;border-radius:3px;'
            f'background:{SHADES[STATES[code]]};color:{ink}">{_sign(s.exercises.get(id))}</span>')


def _chapter_table(group: Group, home) -> str:
    ids = list(home.exercises)
    rows = [[f'{i}. {html.escape(s.name)}', *(_shade(group, s, id) for id in ids)]
            for i, s in enumerate(group.students, 1)]
    right = [sum(group.code(s, id) > 1 for s in group.students) for id in ids]
    rows.append(['<b>right</b>', *(f'<b>{n}</b>' for n in right)])
    head = ['student', *(f'<span title="{html.escape(group.title(id))}">{id}</span>' for id in ids)]
    done = sum(right) / max(1, len(group.students) * len(ids))
    return (f'<details><summary>{home.number} {html.escape(home.title)}: {done:.0%} right</summary>'
            f'{_table(head, rows, "who", "✓ right, ○ not yet, – open; with the number of tries")}'
            '</details>')


def map_part(group: Group) -> str:
    "Who has done what: the heat map, and a table for each chapter."
    if not group.ids: return ''
    tables = ''.join(_chapter_table(group, home) for home in group.chapters)
    alt = f'Heat map of students by exercises. {summary(group)} The tables below hold every field.'
    picture = _picture(draw_map(group), alt, draw_chapters(group))
    return (f'<section class="map"><h2>Who has done what</h2>{picture}<p>Numbers and rings: more '
            f'than one try, not yet. The same in tables:</p>{tables}</section>')


def hardest_part(group: Group) -> str:
    "The hardest exercises, as bars and as a table."
    rows = group.hardest()
    if not rows: return ''
    top = rows[0]
    said = (f'Hardest at the first try is {top.id}, {rich(top.title)}: {top.at_once} of the '
            f'{top.tried} who tried had it at once. Counted are exercises that at least '
            f'{_some(group.enough, "student")} tried.')
    alt = 'Bars of the hardest exercises, by how many had them at once, later, not yet. ' + \
        f'First {top.id} {bare(top.title)}: {top.at_once}, {top.later}, {top.not_yet}.'
    table = _table(['exercise', 'tried', 'at once', 'later', 'not yet', 'tries'],
                   [[f'{h.id} {rich(h.title)}', h.tried, h.at_once, h.later, h.not_yet,
                     f'{h.tries:.1f}'] for h in rows], 'words',
                   'Students; in the last column the mean number of tries', (1, 2, 3, 4, 5))
    return (f'<section><h2>The hardest exercises</h2><p>{said}</p><div class="two">'
            f'{_picture(draw_hardest(group), alt)}{table}</div></section>')


def mistakes_part(group: Group) -> str:
    "The commonest mistakes, with the words of their hints."
    rows = group.mistakes()
    if not rows: return ''
    top = rows[0]
    alt = 'Bars of the commonest mistakes, by how many students made them. ' + \
        f'First {top.hint} in {top.id}: {top.students}.'
    table = _table(['exercise', 'what the hint says', 'students', 'times'],
                   [[f'{m.id}<br><small>{html.escape(m.hint)}</small>', rich(m.words), m.students,
                     m.times] for m in rows], 'words', '', (2, 3))
    said = (f'Commonest is <i>{html.escape(top.hint)}</i> in {top.id}, made by '
            f'{_some(top.students, "student")}.')
    return (f'<section><h2>The commonest mistakes</h2><p>{said}</p><div class="two">'
            f'{_picture(draw_mistakes(group), alt)}{table}</div></section>')


def page_of(group: Group) -> str:
    "The whole page, which needs no other file and no network."
    parts = [left_out(group), map_part(group), hardest_part(group), mistakes_part(group)]
    body = f'<p>{html.escape(summary(group))}</p>\n' + '\n'.join(filter(None, parts))
    return PAGE.format(style=STYLE, body=body)
