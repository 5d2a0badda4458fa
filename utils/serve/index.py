"""The list of all apps, read from the pages themselves."""
import base64
import html
import io
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image

__all__ = ['AppPage', 'AppIndex', 'apps_folder', 'find_pages']

ASSETS = Path(__file__).parent.parent / 'assets' / 'serve'
PICTURE = re.compile(r'src="data:image/(?:png|webp);base64,([A-Za-z0-9+/=\s]+)"')


@dataclass
class AppPage:
    "One app as its notebook describes it."
    name: str       # the file's stem
    title: str      # its name in words
    question: str   # what a visitor can find out
    chapter: str    # number of the chapter it belongs to
    order: int      # small numbers stand first
    picture: bytes  # WebP for the card, empty where the page has never been run


def apps_folder() -> Path:
    "Where the app pages are: notebooks/apps of this project, or the folder of the page itself."
    here = Path(__file__).parent.parent.parent / 'notebooks' / 'apps'
    return here if here.is_dir() else Path.cwd()


def find_pages(
    folder: Path = None,  # notebooks/apps if None
) -> list[AppPage]:       # in the order of the index
    "Every app page in `folder` but the index itself."
    files = sorted((folder or apps_folder()).glob('*.ipynb'))
    pages = [read_page(f, f.stat().st_mtime_ns) for f in files if f.stem != 'index']
    return sorted((p for p in pages if p), key=lambda p: (p.order, p.chapter, p.title))


@lru_cache(maxsize=200)
def read_page(file: Path, _changed: int) -> AppPage | None:
    "What a page says of itself; None where the file is no notebook."
    try:
        notebook = json.loads(file.read_text('utf-8'))
        about = notebook['metadata'].get('companion', {})
        title = about.get('title') or file.stem.replace('_', ' ').capitalize()
        return AppPage(file.stem, title, about.get('question', ''), about.get('chapter', ''),
                       int(about.get('order', 50)), stored_picture(notebook))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def stored_picture(notebook: dict) -> bytes:
    "The last picture among the outputs stored in a notebook, made small; b'' if there is none."
    outputs = [o for c in notebook['cells'] for o in c.get('outputs', [])]
    texts = [''.join(o.get('data', {}).get('text/html', '')) for o in outputs]
    found = [m for t in texts for m in PICTURE.findall(t)]
    if not found: return b''
    picture = Image.open(io.BytesIO(base64.b64decode(found[-1]))).convert('RGB')
    picture.thumbnail((400, 250))
    packed = io.BytesIO()
    picture.save(packed, 'webp', quality=75, method=6)
    return packed.getvalue()


class AppIndex:
    "A page of cards, one for each app: picture, title, question, link."

    def __init__(
        self,
        folder: Path = None,  # notebooks/apps if None
        link: str = '',       # written before each link, for a page at another address
    ):
        self.pages, self.link = find_pages(folder), link

    def __repr__(self):
        return '\n'.join(f'{p.title}: {p.question}' for p in self.pages)

    def _repr_html_(self):
        style = (ASSETS / 'index.css').read_text('utf-8')
        cards = ''.join(self._card(p) for p in self.pages)
        return (f'<style>{style}</style><main class="apps"><h1>Try it</h1>'
                f'<p class="apps-about">Each page is one small experiment. '
                f'Move something, and read what the picture says.</p>'
                f'<ul>{cards or "<li>No app pages were found here.</li>"}</ul></main>')

    def _card(self, page):
        words = {k: html.escape(str(getattr(page, k))) for k in ('name', 'title', 'question')}
        source = base64.b64encode(page.picture).decode()
        picture = f'<img alt="" src="data:image/webp;base64,{source}">' if source else \
            f'<span class="apps-plate" aria-hidden="true">{words["title"][:1]}</span>'
        chapter = f'<span class="apps-chapter">Chapter {html.escape(page.chapter)}</span>' \
            if page.chapter else ''
        return (f'<li><a href="{html.escape(self.link)}{words["name"]}.ipynb">'
                f'<span class="apps-picture">{picture}</span><strong>{words["title"]}</strong>'
                f'<span>{words["question"]}</span>{chapter}</a></li>')
