"""A lab: a pure function, a view of its result, controls, and a sentence that reads it out."""
import inspect
import os
import threading
import time

from .controls import without_old_file
from .picture import figure_png, freeze_layout, html_twin, new_figure
from .trouble import in_words
from .widgets_js import LabView, is_number, log

__all__ = ['Lab']

WIDGET = 'application/vnd.jupyter.widget-view+json'
VISIBLE = 5      # controls shown at once; the rest wait behind "More"
REDRAW = 0.1     # seconds between two pictures of a running computation
PATIENCE = 60    # seconds a notebook cell waits for a running lab before it shows what is there


class Lab:
    "Controls, a picture that answers them, and a sentence that reads the picture out."

    def __init__(
        self,
        name: str,           # the call that rebuilds it, as in `parabola_lab(degree=3)`
        controls: dict,      # setting name -> Control: slider, choice, switch, entry, upload, state
        compute,             # (**settings) -> result; a generator of results where it is slow
        draw,                # (fig, result): draws, and may return `update(result)` for later ones
        sentence,            # result -> the finding in one sentence
        settings: dict = None,         # settings that differ from the controls' own start
        figsize: tuple = (7, 4.2),     # inches on a wide page
        narrow: tuple = (4.2, 3.9),    # inches on a phone
        more: tuple = (),              # names of controls kept behind "More"
        title: str = '',               # heading
        about: str = '',               # the question, under the heading
        actions: dict = None,          # words on a button -> fn(settings), returns changed settings
        on_click=None,                 # (settings, panel, x, y) -> changed settings; data units
        prepare=None,                  # run once before the first picture; may yield fractions
    ):
        self.name, self.controls, self.compute = name, controls, compute
        self.draw, self.sentence, self.prepare = draw, sentence, prepare
        self.actions, self.on_click, self.sizes = actions or {}, on_click, (figsize, narrow)
        self.start = {k: c.value for k, c in controls.items()}
        self.start = self._cleaned(settings or {}, self.start)
        self._error, self._settings, self._result = None, dict(self.start), None
        self._fig, self._update, self._screen = None, None, (False, 1.)
        self._lock, self._worker, self._wanted = threading.RLock(), None, True
        self._halt, self._drawn, self._asked, self._prepared = False, 0., 0, prepare is None
        self.slow = inspect.isgeneratorfunction(compute)
        shown = [k for k, c in controls.items() if c.kind != 'state']
        hidden = set(more) | set([k for k in shown if k not in more][VISIBLE:])
        self.view = LabView(
            title=title, about=about, actions=list(self.actions), stoppable=self.slow,
            controls=[controls[k].spec(k) | dict(more=k in hidden) for k in shown],
            clickable=on_click is not None, values=self._page_values(), line=self.line)
        self.view.on_msg(self._message)

    # settings

    @property
    def settings(self) -> dict:
        "The present settings."
        return dict(self._settings)

    @property
    def line(self) -> str:
        "One line that rebuilds this very state."
        kept = ((k, v) for k, v in self._settings.items() if self.controls[k].kind != 'upload')
        return f"{self.name}({', '.join(f'{k}={v!r}' for k, v in kept)})"

    def set(self, **settings) -> 'Lab':
        "Change some settings; a value that is not allowed raises and says which are."
        self._change(self._cleaned(settings, self._settings))
        return self

    def reset(self) -> 'Lab':
        "Back to the settings it was built with."
        self._change(dict(self.start))
        return self

    def act(self, name: str) -> 'Lab':
        "Press the button called `name`."
        if name not in self.actions:
            raise ValueError(f'There is no button {name!r}: press one of {list(self.actions)}.')
        return self._changed_by(self.actions[name])

    def click(self, panel: int, x: float, y: float) -> 'Lab':
        "Click the picture at `x`, `y` in the data units of its panel."
        return self._changed_by(lambda s: self.on_click(s, panel, x, y))

    def _changed_by(self, change):
        try:
            changes = change(self.settings)
            if changes: self._change(self._clamped(changes))
            self._answer()
        except Exception as e:
            self._fail(e)
        return self

    def _cleaned(self, settings, base):
        new = dict(base)
        for k, v in settings.items():
            if k not in self.controls:
                raise TypeError(f'`{self.name}` has no setting {k!r}; it has '
                                f'{", ".join(self.controls)}.')
            try:
                new[k] = self.controls[k].clean(v)
            except ValueError as e:
                raise ValueError(f'`{k}={v!r}` is not possible here: `{k}` is {e}.') from None
        return new

    def _clamped(self, settings):
        known = {k: v for k, v in settings.items() if k in self.controls}
        return self._settings | {k: self.controls[k].clamp(v, self._settings[k])
                                 for k, v in known.items()}

    def _page_values(self):
        return {k: c.to_page(self._settings[k]) for k, c in self.controls.items()
                if c.kind != 'state'}

    # what the page sends: every word of it is a visitor's

    def _from_page(self, sent):
        "The reader moved the controls named in `sent`."
        if not isinstance(sent, dict): sent = {}
        new = self._settings | {k: self.controls[k].from_page(v, self._settings[k])
                                for k, v in sent.items() if k in self.controls}
        if new != self._settings: self._change(new)
        else: self._answer()

    def _resized(self, narrow, ratio):
        ratio = min(max(ratio, 1.), 1.5) if is_number(ratio) else 1.
        screen = bool(narrow), float(ratio)
        if screen == self._screen: return
        with self._lock:
            self._screen, self._fig = screen, None
            if self._result is None: return
            try:
                self._show(running=self.view.running)
            except Exception as e:
                self._fail(e)

    def _message(self, _view, content, buffers):
        if not isinstance(content, dict): return
        if isinstance(content.get('asked'), int): self._asked = content['asked']
        do, name = content.get('do'), content.get('name')
        if do == 'set': self._from_page(content.get('values'))
        elif do == 'screen': self._resized(content.get('narrow'), content.get('ratio'))
        elif do == 'reset': self.reset()
        elif do == 'stop': self.stop()._answer()
        elif do == 'action' and name in self.actions: self.act(name)
        elif do == 'click' and self.on_click: self._clicked(content.get('x'), content.get('y'))
        elif do == 'upload' and name in self.controls: self._upload(name, buffers)

    def _clicked(self, x, y):
        if self._fig is None or not (is_number(x) and is_number(y)): return
        at = self._fig.transFigure.transform((x, 1 - y))
        for panel, ax in enumerate(self._fig.axes):
            if ax.bbox.contains(*at):
                self.click(panel, *map(float, ax.transData.inverted().transform(at)))
                return
        self._answer()

    def _upload(self, name, buffers):
        "A file that cannot be read changes nothing; a line under the picture says why."
        control = self.controls[name]
        if control.kind != 'upload': return
        if len(buffers) != 1: return self._answer(
            note='No single picture has arrived. Choose it once more. Nothing was changed.')
        data = bytes(buffers[0])
        try:
            control.opened(data)
        except ValueError as e: self._answer(note=f'{e} Nothing was changed.')
        else: self._change(self._settings | {name: data})

    # computing

    result = property(lambda self: self.wait()._result, doc='What `compute` returned.')
    text = property(lambda self: self.wait().view.text, doc='The sentence that reads it out.')
    png = property(lambda self: self.wait().view.png, doc='The picture, as bytes.')
    error = property(lambda self: self.wait()._error, doc='What went wrong, or None.')

    @property
    def widget(self) -> LabView:
        "The widget, computing: for a page that shows more than one lab."
        self._go()
        return self.view

    def wait(self, seconds: float = None) -> 'Lab':
        "Wait until the picture belongs to the settings, at most `seconds`."
        self._go()
        worker = self._worker
        if worker is not None and worker is not threading.current_thread(): worker.join(seconds)
        return self

    def stop(self) -> 'Lab':
        "Stop a running computation; the last step stays on view."
        self._halt = True
        return self

    def _change(self, settings):
        settings = without_old_file(self.controls, self._settings, settings)
        with self._lock:
            self._settings, self._wanted = settings, True
            self._send(values=self._page_values(), line=self.line, running=self.slow)
        self._go()

    def _go(self):
        "Compute what is wanted: here and now if quick, in a thread if slow. The newest wins."
        with self._lock:
            if not self._wanted or self._worker is not None: return
            threaded = self.slow or not self._prepared
            if threaded:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()
        if not threaded: self._run()

    def _work(self):
        while True:
            with self._lock:
                if not self._wanted:
                    self._worker = None
                    return
            self._run()

    def _run(self):
        with self._lock:
            self._wanted, self._halt, settings = False, False, self.settings
            self._send(running=self.slow)
        try:
            self._prepare()
            if self.slow: self._steps(settings)
            else: self._result = self.compute(**settings)
            with self._lock:
                if not self._wanted: self._show()
        except Exception as e:
            self._fail(e)

    def _steps(self, settings):
        "Show the steps of a slow computation until its end, a stop, or newer settings."
        for self._result in self.compute(**settings):
            with self._lock:
                if self._wanted: return
                if time.monotonic() - self._drawn > REDRAW: self._show(running=True)
            if self._halt: return

    def _prepare(self):
        if self._prepared: return
        steps = self.prepare()
        if inspect.isgenerator(steps):
            for done in steps: self._send(note=f'Preparing: {100 * done:.0f} %', running=True)
        self._prepared = True
        self._send(note='')

    # showing

    def _show(self, running=False):
        text = self.sentence(self._result)
        png = self._picture()
        self._error = None
        self._drawn = time.monotonic()
        self._answer(text=text, png=png, wrong=False, running=running, note='')

    def _picture(self):
        "Draw the result: anew on an empty figure, or by the updater that `draw` returned."
        narrow, ratio = self._screen
        if self._fig is None:
            self._fig, self._update = new_figure(self.sizes[narrow], 100 * ratio), None
        if self._update is None:
            self._fig.clear()
            self._update = self.draw(self._fig, self._result)
        else: self._update(self._result)
        self.view.width = round(100 * self._fig.get_figwidth())
        png = figure_png(self._fig)
        if self._update: freeze_layout(self._fig)    # laid out once: quicker updates
        return png

    def _fail(self, error):
        "Say it in a sentence; the lab stays usable, and `error` keeps the cause."
        self._error, self._fig = error, None
        log.error('%s failed', self.line, exc_info=error)
        text = f'{in_words(error)} Move a control, or press Reset.'
        png = self.view.png or figure_png(new_figure(self.sizes[self._screen[0]]))
        self._answer(text=text, png=png, wrong=True, running=False, note='')

    def _answer(self, **traits):
        "Send what is new, and say that the page need wait no longer."
        self._send(values=self._page_values(), line=self.line, heard=self._asked, **traits)

    def _send(self, **traits):
        with self._lock, self.view.hold_sync():
            for k, v in traits.items(): setattr(self.view, k, v)

    def _repr_mimebundle_(self, **kwargs):
        "The live widget, and for readers without a kernel a picture with its words."
        visited = os.environ.get('VOILA_PREHEAT') == 'False'    # an app page somebody waits for
        self.wait(0.2 if visited else PATIENCE)
        view = dict(version_major=2, version_minor=1, model_id=self.view.model_id)
        twin = {} if visited else {'text/html': html_twin(self.view.png, self.view.text, self.line)}
        return {WIDGET: view, **twin, 'text/plain': self.view.text}
