"Pictures of the chapter on object detection."
import numpy as np

from ...blocks import show_boxes
from ...datasets.scenes import draw_scene, scene_masks
from ...plots import COLORS, get_grid, show_image

__all__ = ['draw_curves', 'draw_three_answers']


def draw_three_answers(
    seed,      # of the scene, as for `draw_scene`
    size=128,  # pixels a side
):
    "The same scene three times: names alone, names with boxes, and every pixel its pet."
    picture, found = draw_scene(seed, size)
    names = [p['species'] for p in found]
    axes = get_grid(3, 1, figsize=(6.6, 2.8))
    titles = 'recognition:\nwhat?', 'detection:\nwhat and where?', 'segmentation:\nwhich pixels?'
    for ax, title in zip(axes, titles): show_image(picture, ax, title=title)
    counts = ', '.join(f'{n}: yes' for n in sorted(set(names)))
    axes[0].text(size / 2, size * .95, counts, ha='center', color='white', fontsize=11,
                 bbox=dict(fc=COLORS['ink'], ec='none'))
    show_boxes(axes[1], [p['box'] for p in found], names, vocab=['cat', 'dog'])
    mask, paints = scene_masks(seed, size), ['sky', 'valid', 'good', 'test', 'train', 'bad']
    layer = np.zeros((size, size, 4))
    for i in range(len(found)):
        rgb = [int(COLORS[paints[i]][k:k + 2], 16) / 255 for k in (1, 3, 5)]
        layer[mask == i + 1] = *rgb, .75
    axes[2].imshow(layer)
    return axes


def draw_curves(
    curves,   # name → (recall, precision), as of `precision_recall`
    ax=None,  # matplotlib axes
):
    "Precision over recall for each name; the thick line is the best precision from there on."
    ax = ax or get_grid(1, figsize=(5.2, 3.6))[0]
    for (name, (recall, precision)), paint in zip(curves.items(), ('bad', 'train', 'good')):
        recall, precision = np.asarray(recall), np.asarray(precision)
        best = np.maximum.accumulate(precision[::-1])[::-1]
        ax.plot(recall, precision, color=COLORS[paint], lw=.8, alpha=.6)
        ax.step(np.r_[0, recall], np.r_[best[:1], best], where='pre', color=COLORS[paint], lw=2,
                label=name)
        ax.fill_between(np.r_[0, recall], np.r_[best[:1], best], step='pre', alpha=.12,
                        color=COLORS[paint])
    ax.set(xlabel='recall: share of the pets found', ylabel='precision: share of right boxes',
           xlim=(0, 1.02), ylim=(0, 1.05))
    ax.legend(loc='lower left')
    return ax
