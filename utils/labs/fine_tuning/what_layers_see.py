"What layers see: the maps of one stage, and the patches that excite one of its units most."
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import torch
import torch.nn.functional as F
from matplotlib.patches import Rectangle

from ...plots import COLORS
from ..base import Lab
from ..controls import choice, slider, upload
from ..uploads import open_upload
from .at_hand import SUBJECTS, as_tensor, gallery, subject
from .looking import (SIDE, STAGES, as_seen, borrowed_classes, borrowed_net, class_map, patch_at,
                      stage_maps, strongest)

__all__ = ['Sight', 'look', 'draw_sight', 'sight_finding', 'what_layers_see_lab']

SHOWN, BEST = 16, 9          # units in the grid of maps, patches in the grid of patches
CELL, GAP = 32, 4            # pixels of a map in its grid, and between two
PATCH, SPACE = 96, 6         # the same for patches
ALIKE = .06                  # patches whose pixels differ by less on average show the same
WORDS = {f'{w[0].upper()}{w[1:]} (photograph)': w for w in SUBJECTS} | {
    'Siamese (drawn)': 'Siamese', 'Beagle (drawn)': 'beagle'}
CONTROLS = dict(
    picture=choice('Picture', 'a cat', WORDS),
    stage=choice('Layer', 'stage 2', list(STAGES)),
    unit=slider('Unit, the most excited first', 1, 1, SHOWN),
    own=upload('Or a picture of your own', instead_of='picture'))


@dataclass
class Sight:
    "What one stage of the shipped net answers to a picture, and one unit to every picture."
    picture: torch.Tensor   # (3, 64, 64)
    stage: str              # key of STAGES
    shown: list             # numbers of the sixteen most excited units, the most excited first
    chosen: int             # which of them, from 0
    n_units: int            # of this stage
    maps: np.ndarray        # (16, h, w), 1 = the unit's strongest answer to any picture
    place: tuple            # row and column where the chosen unit is strongest
    beaten: float           # share of the gallery that excites the chosen unit less
    patches: list           # nine tensors (3, sees, sees) that differ, what excites it most
    sources: list           # what the pictures show that these are from
    answer: str             # the class that the net names
    sure: float             # its probability
    evidence: np.ndarray    # (4, 4), where in the picture the evidence for it stands


@lru_cache
def _of_gallery(stage):
    "For each picture and unit the strongest answer and its place, in two tensors (n, units)."
    return strongest(_answers()[stage])


@lru_cache(1)
def _answers():
    "All maps of all pictures; asked once."
    x = as_seen(gallery()[0])
    rows = [stage_maps(borrowed_net(), part) for part in x.split(32)]
    return {stage: torch.cat([row[stage] for row in rows]) for stage in STAGES}


def _prepare():
    "Draw, open and ask; yield how far it is."
    yield .1
    gallery()
    yield .6
    _answers()
    yield 1.


def _given(picture, own):
    return as_tensor(open_upload(own, 400)) if own else subject(picture)


def _best_patches(stage, unit):
    "The nine strongest patches that differ, one a picture, and the words of their pictures."
    pictures, words = gallery()
    peaks, places = _of_gallery(stage)
    columns, patches, sources = SIDE // STAGES[stage].step, [], []
    for i in peaks[:, unit].argsort(descending=True, stable=True).tolist():
        patch = patch_at(pictures[i], stage, *divmod(int(places[i, unit]), columns))
        if any((patch - p).abs().mean() < ALIKE for p in patches): continue   # sections overlap
        patches.append(patch)
        sources.append(words[i])
        if len(patches) == BEST: break
    return patches, sources


def look(picture='a cat', stage='stage 2', unit=1, own=None) -> Sight:
    "Ask the shipped net about a picture, and one of the units about every picture at hand."
    x, net = _given(picture, own), borrowed_net()
    every = stage_maps(net, as_seen(x[None]))
    maps, peaks = every[stage][0], _of_gallery(stage)[0]
    here, places = strongest(maps)                               # (units,)
    unusual = (here - peaks.mean(0)) / (peaks.std(0) + 1e-3)     # in usual deviations
    shown = unusual.argsort(descending=True, stable=True)[:SHOWN]
    u = int(shown[unit - 1])
    top = torch.maximum(peaks.amax(0), here)[shown].clamp_min(1e-6)[:, None, None]
    last = every['stage 4'][0]
    probs = net.fc(last.mean((1, 2))).softmax(0)
    label = int(probs.argmax())
    patches, sources = _best_patches(stage, u)
    return Sight(
        x, stage, shown.tolist(), unit - 1, len(maps), (maps[shown] / top).clamp_max(1).numpy(),
        divmod(int(places[u]), maps.shape[-1]), (peaks[:, u] < here[u]).float().mean().item(),
        patches, sources, borrowed_classes()[label], probs[label].item(),
        class_map(last, net.fc.weight[label]).numpy())


# the picture

def _sheet(tiles, columns, gap, ground):
    "Tiles (n, side, side, …) in rows, with gaps between."
    n, side = tiles.shape[:2]
    rows = n // columns
    sheet = np.full((rows * (side + gap) - gap, columns * (side + gap) - gap, *tiles.shape[3:]),
                    ground, np.float32)
    for i, tile in enumerate(tiles):
        top, left = i // columns * (side + gap), i % columns * (side + gap)
        sheet[top:top + side, left:left + side] = tile
    return sheet


def _maps_sheet(s):
    big = s.maps.repeat(CELL // s.maps.shape[1], 1).repeat(CELL // s.maps.shape[2], 2)
    return _sheet(big, 4, GAP, np.nan)


def _patches_sheet(s):
    big = F.interpolate(torch.stack(s.patches), size=(PATCH, PATCH), mode='nearest')
    return _sheet(big.permute(0, 2, 3, 1).numpy(), 3, SPACE, 1.)


def _tinted(s):
    "The picture in grey, red where the evidence for the answer stands."
    heat = torch.tensor(s.evidence)[None, None].clamp_min(0)
    heat = F.interpolate(heat, size=(SIDE, SIDE), mode='bilinear')[0, 0]
    heat = .75 * (heat / heat.max().clamp_min(1e-6))[..., None].numpy()
    grey = s.picture.mean(0)[..., None].numpy().repeat(3, 2)
    return grey * (1 - heat) + np.array([.84, .37, 0]) * heat


def draw_sight(fig, s: Sight):
    "The picture, the evidence for the answer, the maps of sixteen units, a unit's best patches."
    fig.set_layout_engine('none')
    phone = fig.get_figwidth() < 5
    size = 9 if phone else 10.5
    places = ((.02, .52, .45, .4), (.53, .52, .45, .4), (.02, .03, .45, .4), (.53, .03, .45, .4)) \
        if phone else ((.01, .52, .18, .4), (.01, .02, .18, .4), (.235, .02, .37, .91),
                       (.625, .02, .37, .91))
    axs = [fig.add_axes(p) for p in places]
    for ax in axs: ax.axis('off')
    one, two = (ax.imshow(np.zeros((SIDE, SIDE, 3)), interpolation='nearest') for ax in axs[:2])
    maps = axs[2].imshow(_maps_sheet(s), cmap='Blues', vmin=0, vmax=1, interpolation='nearest')
    patches = axs[3].imshow(_patches_sheet(s), interpolation='nearest')
    where, mark = (Rectangle((0, 0), 1, 1, fill=False, lw=2, ec=COLORS['bad']) for _ in '12')
    axs[0].add_patch(where)
    axs[2].add_patch(mark)
    mark.set_clip_on(False)

    def update(s):
        one.set_data(s.picture.permute(1, 2, 0).numpy())
        two.set_data(_tinted(s))
        maps.set_data(_maps_sheet(s))
        patches.set_data(_patches_sheet(s))
        _outline(where, s)
        row, column = divmod(s.chosen, 4)
        mark.set_bounds(column * (CELL + GAP) - 2, row * (CELL + GAP) - 2, CELL + 3, CELL + 3)
        unit = s.shown[s.chosen]
        titles = (f'Unit {unit} looks here', f'Speaks for “{s.answer}”',
                  f'{s.stage.capitalize()}: {SHOWN} of {s.n_units} units',
                  f'What excites unit {unit} most')
        for ax, words in zip(axs, titles): ax.set_title(words, fontsize=size, pad=5)
    update(s)
    return update


def _outline(box, s):
    "Put the box where the chosen unit is strongest, as large as what it sees."
    stage = STAGES[s.stage]
    row, column = (i * stage.step - stage.sees // 2 for i in s.place)
    left, top = max(column, 0), max(row, 0)
    right, bottom = (min(v + stage.sees, SIDE) for v in (column, row))
    box.set_bounds(left - .5, top - .5, right - left, bottom - top)


def sight_finding(s: Sight) -> str:
    "How unusual this picture is for the unit, what excites it most, and what the net says."
    sees = min(STAGES[s.stage].sees, SIDE)
    view = 'the whole picture' if sees == SIDE else f'{sees} × {sees} pixels'
    where = 'the first layer' if s.stage == 'first layer' else s.stage
    unit = f'Unit {s.shown[s.chosen]} of {where} sees {view} at a time'
    others = 'all' if s.beaten == 1 else _percent(s.beaten)
    if not s.maps[s.chosen].any(): rank = 'and finds nothing here'
    else: rank = f'and this picture excites it more than {others} of the others do'
    return (f'{unit}, {rank}. Nine of its strongest patches show {_counted(s.sources)}. The net, '
            f'which was never shown a cat or a dog, calls the picture “{s.answer}” '
            f'({_percent(s.sure)}).')


def _percent(p): return f'{min(100 * p, 99):.0f} %'       # never a false certainty


def _counted(words):
    "Three things at most, the most frequent first: `brick (5), a page (3) and others`."
    most = Counter(word.replace('_', ' ') for word in words).most_common()
    said = [f'{word} ({n})' if n > 1 else word for word, n in most[:3]]
    if len(most) > 3: said[2:] = ['others']
    return said[0] if len(said) == 1 else f'{", ".join(said[:-1])} and {said[-1]}'


def _clicked(s, panel, x, y):
    "A click on a map chooses its unit."
    if panel != 2: return None
    return dict(unit=1 + int(y // (CELL + GAP)) * 4 + int(x // (CELL + GAP)))


def what_layers_see_lab(
    **settings,  # picture='a cat', stage='stage 2', unit=1
) -> Lab:
    "See what the layers of a net that was trained on photographs answer to a picture."
    return Lab('what_layers_see_lab', CONTROLS, look, draw_sight, sight_finding, settings=settings,
               figsize=(8.4, 3.75), narrow=(4.2, 4.75), title='What layers see', prepare=_prepare,
               on_click=_clicked, about='Edges, textures, parts: which unit answers to what? '
                                        'Click a map to choose its unit.')
