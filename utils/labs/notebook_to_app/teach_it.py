"Teach it: show a small net pictures of two or three classes, train it, test it, take it home."
import os
import threading
import time

from ..picture import figure_png, freeze_layout, html_twin, new_figure
from ..uploads import MEGABYTES
from ..widgets_js import is_number, log
from .album import KINDS, Album, open_picture
from .lesson_view import STILL, draw_lesson, draw_still, lesson_finding
from .lessons import FEWEST, FILE, check_lesson, exported, judge_pictures, teach
from .teach_view import TeachView
from .tested import FILES, Tested, confused, listed, mistakes, took

__all__ = ['Teacher', 'teach_it_lab']

WIDGET = 'application/vnd.jupyter.widget-view+json'
SIZES = (9.6, 3.7), (4., 6.6)      # inches of the picture on a wide page, on a phone
REDRAW = .2                        # seconds between two pictures of a training
TESTS = 12                         # cards of tested pictures
ABOUT = ('Name two or three classes, show pictures of each, and train: a small net that has seen '
         'other photographs learns yours. Then test it with pictures that it never saw. Pictures '
         'stay in the memory of the machine that serves this page, only as long as you are here.')
WAIT = 'Training is under way. Wait for its end, or press Stop.'
TOO_HEAVY = f'The file is larger than {MEGABYTES} MB. Save a smaller copy and try again.'
FIRST = 'Train a net first: give two classes pictures, and press Train.'


class Teacher:
    "An album of a visitor's pictures, a net that learns from them, and the page that shows both."

    def __init__(self):
        self.view = TeachView(about=ABOUT)
        self._lock, self._screen, self._asked = threading.RLock(), (False, 1.), 0
        self._run, self._worker, self._taken, self._refused = 0, None, 0, []
        self._acts = dict(
            name=self._rename, add=self._add, samples=self._samples, all=self._all_samples,
            remove=self._remove, empty=self._empty, train=self._train, stop=self._stop,
            test=self._test, unseen=self._unseen, download=self._download, reset=self._reset)
        self._begin()
        self._tell()
        self.view.on_msg(self._message)

    def _begin(self):
        self.album, self.lesson, self._fig, self._update = Album(), None, None, None
        self._learned, self._sampled = [], []     # of the training: pictures, (class, its samples)
        self._tests, self._judged, self._note = [], [], {}
        self._halt, self._drawn, self._changed = True, 0., False

    # what the page shows

    def _tell(self, **traits):
        "Send what is now so, and that the page need wait no longer."
        with self._lock, self.view.hold_sync():     # or an ending training's word is overruled
            traits.setdefault('running', self._worker is not None)
            traits.setdefault('text', self._finding(traits['running']))
            self.view.state = self._state()
            for k, v in (traits | dict(heard=self._asked)).items(): setattr(self.view, k, v)

    def _state(self):
        trained = self.lesson is not None
        names = self.lesson.names if trained else []
        wrong = mistakes(self.lesson, self._learned, self._judged)
        return dict(classes=self.album.for_page(), note=self._note, trained=trained, names=names,
                    tests=[x.for_page(names) for x in self._tests],
                    mistakes=[x.for_page(names) for x in wrong],
                    sampled=trained and bool(self._sampled),
                    stale=trained and self._changed)

    def _finding(self, running):
        if self.lesson is not None:
            text = lesson_finding(self.lesson, running, confused(self.lesson, self._judged))
            return text + ' The pictures have changed since.' * (self._changed and not running)
        if running: return 'Training begins.'
        ready = [c for c in self.album.classes if len(c.shown) >= FEWEST]
        if len(ready) < 2: return f'Give two or three classes at least {FEWEST} pictures each.'
        return 'Ready to train: ' + ', '.join(f'{len(c.shown)} of {c.name}' for c in ready) + '.'

    def _picture(self) -> bytes:
        narrow, ratio = self._screen
        if self._fig is None: self._fig, self._update = new_figure(SIZES[narrow], 100 * ratio), None
        shown = self.lesson, confused(self.lesson, self._judged)
        if self._update is None: self._update = draw_lesson(self._fig, shown)
        else: self._update(shown)
        self.view.width = round(100 * self._fig.get_figwidth())
        png = figure_png(self._fig)
        freeze_layout(self._fig)
        return png

    def _show(self):
        self._drawn = time.monotonic()
        self._tell(png=self._picture() if self.lesson is not None else b'',
                   done=self.lesson.epochs / self.lesson.planned if self.lesson else 0.)

    # training

    def train(self) -> 'Teacher':
        "Teach a net the pictures in the album, in the background."
        with self._lock:
            if self._worker is not None: raise ValueError(WAIT)
            shown, labels = self.album.taught()
            check_lesson(labels)
            steps = teach([s.picture for s in shown], labels)
            self.lesson = self._fig = self._update = None
            self._learned, self._sampled, self._tests, self._judged = shown, self.album.sampled(), \
                [], []
            self._halt, self._changed, self._run = False, False, self._run + 1
            self._worker = threading.Thread(target=self._learn, daemon=True,
                                            args=(steps, self._run))
            self._show()
        self._worker.start()
        return self

    def _learn(self, steps, run):
        "Show what is learned after each epoch, until the end, a stop, or a new beginning."
        try:
            for lesson in steps:
                with self._lock:
                    if self._run != run: return
                    self.lesson = lesson
                    if time.monotonic() - self._drawn > REDRAW: self._show()
                if self._halt: break
        except Exception as e: self._failed(e)
        finally:
            steps.close()
            with self._lock:
                if self._run == run: self._end()

    def _end(self):
        "Show what was learned; where it cannot be drawn, the page must not wait for ever."
        self._worker = None
        try: self._show()
        except Exception as e:
            self._failed(e)
            self._tell(png=b'', done=0.)

    def _failed(self, error):
        log.error('a training failed', exc_info=error)
        self._note = dict(place='train', wrong=True, text='The training failed '
                          f'({type(error).__name__}). Change the pictures and try again.')

    def wait(self, seconds: float = None) -> 'Teacher':
        "Wait until no training runs, at most `seconds`."
        worker = self._worker
        if worker is not None: worker.join(seconds)
        return self

    # what the page sends: every word of it is a visitor's

    def _message(self, _view, content, buffers):
        if not isinstance(content, dict): return
        do, asked, k = (content.get(word) for word in ('do', 'asked', 'k'))
        if isinstance(asked, int): self._asked = asked
        if do == 'thumbs': return self._thumbs(content.get('ids'))
        if do == 'screen': return self._resized(content.get('narrow'), content.get('ratio'))
        if do not in list(self._acts): return
        self._note, place = {}, content.get('place')
        place = place if place in ('all', '0', '1', '2', 'train', 'test', 'take') else 'all'
        try: self._acts[do](content, buffers)
        except ValueError as e: self._note = dict(place=place, text=str(e), wrong=True)
        except Exception as e:
            log.error('%s could not be done', do, exc_info=e)
            self._note = dict(place=place, wrong=True, text='This could not be done '
                              f'({type(e).__name__}). Nothing was changed.')
        self._tell()

    def _class(self, content) -> int:
        k = content.get('k')
        if type(k) is not int or not 0 <= k < len(self.album.classes):      # True is no class
            raise ValueError('There is no such class.')
        return k

    def _rename(self, content, _):
        self.album.rename(self._class(content), content.get('name'))

    def _add(self, content, files):
        k = self._class(content)
        self._take(content, files, lambda data: self.album.add(k, data), 'added')

    def _take(self, content, files, put, done):
        "Each file that can be read is put where it belongs; of the others the page says why not."
        if content.get('first') is not False: self._taken, self._refused = 0, []
        names = [str(n)[:60] for n in listed(content.get('names'))]
        self._refused += [(str(n)[:60], TOO_HEAVY) for n in listed(content.get('heavy'))]
        for i, data in enumerate(files[:FILES]):
            try: put(bytes(data))
            except ValueError as e:
                self._refused.append((names[i] if i < len(names) else 'A file', str(e)))
            else: self._taken, self._changed = self._taken + 1, self._changed or done == 'added'
        self._note = dict(place=content.get('place'), **took(self._taken, self._refused, done))

    def _samples(self, content, _):
        kind = content.get('kind')
        if type(kind) is not int or not 0 <= kind < len(KINDS):
            raise ValueError('There are no such samples.')
        self.album.take_samples(self._class(content), list(KINDS)[kind])
        self._changed = True

    def _all_samples(self, _, __):
        for k, c in enumerate(self.album.classes):
            if not c.shown: self.album.take_samples(k, c.kind)
        self._changed = True

    def _remove(self, content, _):
        before = len(self.album.taught()[0])
        if is_number(content.get('id')): self.album.remove(content['id'])
        self._changed = self._changed or len(self.album.taught()[0]) < before

    def _empty(self, content, _):
        self.album.empty(self._class(content))
        self._changed = True

    def _train(self, _, __): self.train()

    def _stop(self, _, __): self._halt = True

    def _reset(self, _, __):
        self._halt, self._run = True, self._run + 1
        self.wait()
        self._worker = None
        self._begin()
        self._show()

    # asking the net

    def _ready(self):
        if self._worker is not None: raise ValueError(WAIT)
        if self.lesson is None: raise ValueError(FIRST)

    def _test(self, content, files):
        self._ready()
        self._take(content, files, self._ask, 'tested')

    def _ask(self, data):
        shown = self.album.new(open_picture(data))
        probs = judge_pictures(self.lesson, [shown.picture])[0]
        self._tests = [Tested(shown, probs.tolist()), *self._tests][:TESTS]

    def _unseen(self, _, __):
        self._ready()
        if not self._sampled: raise ValueError(
            'The net learned from no samples, so there are none to test it with. Add pictures of '
            'your own.')
        new, names = self.album.unseen(self._sampled), self.lesson.names
        probs = judge_pictures(self.lesson, [s.picture for s in new])
        self._judged = [Tested(s, p.tolist(), names.index(s.truth)) for s, p in zip(new, probs)]
        cards = [x for i, x in enumerate(self._judged) if i % (len(new) // len(self._sampled)) < 2]
        self._tests = (cards + [x for x in self._tests if x.truth < 0])[:TESTS]
        self._show()

    def _download(self, _, __):
        self._ready()
        self.view.send(dict(file=FILE), [exported(self.lesson)])

    # pictures

    def _thumbs(self, ids):
        "Send the thumbnails that the page asks for, as far as there are any."
        wanted = {i for i in listed(ids, 400) if is_number(i)}
        tested = [x.shown for x in self._tests + self._judged]
        known = {s.number: s for s in (*self.album.taught()[0], *self._learned, *tested)}
        found = [known[i] for i in wanted if i in known]
        self.view.send(dict(thumbs=[s.number for s in found]), [s.thumb for s in found])

    def _resized(self, narrow, ratio):
        ratio = min(max(float(ratio), 1.), 1.5) if is_number(ratio) else 1.
        with self._lock:
            self._screen, self._fig = (bool(narrow), ratio), None
            if self.lesson is not None: self._show()

    def _repr_mimebundle_(self, **kwargs):
        "The live widget, and for readers without a kernel a picture with its words."
        visited = os.environ.get('VOILA_PREHEAT') == 'False'    # an app page somebody waits for
        view = dict(version_major=2, version_minor=1, model_id=self.view.model_id)
        shown = (self.view.png, self.view.text) if self.view.png else (draw_still(), STILL)
        twin = {} if visited else {'text/html': html_twin(*shown, 'teach_it_lab()')}
        return {WIDGET: view, **twin, 'text/plain': self.view.text}


def teach_it_lab() -> Teacher:
    "Teach a small net two or three classes from pictures of your own, and take it home."
    return Teacher()
