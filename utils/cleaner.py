"`ImageClassifierCleaner`: look at the pictures that a model finds hardest and mark the wrong ones."
import html

from .core import PILImage
from .interpret import Interpretation

__all__ = ['ImageClassifierCleaner']

KEEP, DELETE = '<Keep>', '<Delete>'


class ImageClassifierCleaner:
    """Pictures of one category, the largest loss first, each with a menu: keep, delete, relabel.

    Marks stay when you look at another category. Nothing is changed on disk: `delete()` and
    `change()` give the marks of all categories, and `fns` the files they are about.
    """

    def __init__(
        self,
        learn,        # a trained learner whose items are files
        height=128,   # greatest height of a picture, in pixels; small ones are enlarged
        width=256,    # greatest width
        max_n=30,     # pictures of a category at most
    ):
        import ipywidgets as widgets
        self.vocab, self.height, self.width, self.max_n = learn.dls.vocab, height, width, max_n
        self.sets = {name: self._worst_first(learn, i) for i, name in enumerate(('Train', 'Valid'))}
        self.fns = [f for rows in self.sets.values() for f, _, _ in rows]
        self._at = {f: i for i, f in enumerate(self.fns)}
        self.marks = {}
        labels = [str(v) for v in self.vocab]
        self._category = widgets.Dropdown(options=labels, description='Category')
        self._set = widgets.Dropdown(options=list(self.sets), description='Set')
        self._row = widgets.HBox(layout=widgets.Layout(overflow='auto', flex_flow='row wrap'))
        self.widget = widgets.VBox([self._category, self._set, self._row])
        for w in (self._category, self._set): w.observe(lambda _: self._draw(), 'value')
        self._draw()

    @staticmethod
    def _worst_first(learn, ds_idx):
        "(file, label, loss) of a whole set, the largest loss first."
        res = Interpretation.from_learner(learn, ds_idx)
        ds, (losses, idxs) = res.dl.dataset, res.top_losses()
        return [(ds.items[i], str(ds.label(i)), float(v)) for i, v in zip(idxs.tolist(), losses)]

    def _draw(self):
        rows = [r for r in self.sets[self._set.value] if r[1] == self._category.value]
        self._row.children = [self._card(f, loss) for f, _, loss in rows[:self.max_n]]

    def _card(self, f, loss):
        import ipywidgets as widgets

        from .plots import picture_html
        others = [str(v) for v in self.vocab if str(v) != self._category.value]
        menu = widgets.Dropdown(options=[KEEP, DELETE, *others], value=self.marks.get(f, KEEP),
                                layout={'width': '150px'})
        menu.observe(lambda change: self.marks.__setitem__(f, change['new']), 'value')
        im = self._enlarged(PILImage.create(f).to_thumb(self.height, self.width))
        words = f'{f.name}, labelled {self._category.value}, loss {loss:.2f}'
        caption = f'<br><small>{html.escape(f.name)}<br>loss {loss:.2f}</small>'
        box = (f'<div style="display:inline-block;width:{max(150, im.width)}px;'
               'vertical-align:top;margin:0 8px 8px 0">')
        figure = f'{box}{picture_html(im, words)}{caption}</div>'
        return widgets.VBox([widgets.HTML(figure), menu])

    def _enlarged(self, im):
        "A small picture by a whole factor, so that its pixels stay square."
        times = max(1, min(self.height // im.height, self.width // im.width))
        return im.resize((times * im.width, times * im.height), 0)       # 0: the nearest pixel

    def delete(self) -> list:
        "The numbers, in `fns`, of the files marked for deletion, in every category and set."
        return [self._at[f] for f, mark in self.marks.items() if mark == DELETE]

    def change(self) -> list:
        "(number in `fns`, new label) of the files that were given another label."
        return [(self._at[f], mark) for f, mark in self.marks.items() if mark not in (KEEP, DELETE)]

    def _repr_mimebundle_(self, **kwargs):
        words = f'{self._category.value}, {self._set.value}: the largest loss first'
        cards = ' '.join(card.children[0].value for card in self._row.children)
        twin = {'text/html': f'<p>{html.escape(words)}</p>{cards}', 'text/plain': words}
        return self.widget._repr_mimebundle_(**kwargs) | twin
