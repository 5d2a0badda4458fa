"Pictures of the chapter on tables: columns before and after, an embedding, three judges."
import numpy as np
from matplotlib.patheffects import withStroke

from ...plots import COLORS, get_grid

__all__ = ['draw_columns', 'draw_embedding', 'draw_judges']


def draw_columns(
    before,  # a DataFrame of amounts in their units
    after,   # the same columns, normalised
):
    "Histograms of amounts, all on one axis: in their units above, normalised below."
    axs = get_grid(2, nrows=2, figsize=(7.6, 4.6))
    colors = [COLORS['train'], COLORS['valid'], COLORS['good'], COLORS['bad']]
    for ax, table in zip(axs, (before, after)):
        for n, color in zip(table, colors):
            counts, edges = np.histogram(table[n].dropna(), 20)
            ax.stairs(counts, edges, color=color, lw=1.6, label=n.replace('_', ' '))
        ax.set(ylabel='birds')
    axs[0].set(xlabel='value in its own unit (this logarithmic axis squeezes large ones)',
               xscale='log')
    axs[1].set(xlabel='standard deviations from the mean')
    for ax, place in zip(axs, ((.62, .25), 'upper right')): ax.legend(fontsize=9, loc=place)
    return axs


def draw_embedding(
    weights,  # a row of two numbers for each name, (n, 2)
    names,    # as many words
):
    "Names at the place that their embedding gives them, joined in the order given."
    weights = np.asarray(weights)
    ax = get_grid(1, figsize=(6, 4.2))[0]
    ax.plot(*weights.T, color=COLORS['line'], lw=1)
    ax.scatter(*weights.T, s=60, c=np.arange(len(names)), cmap='viridis', zorder=2)
    for at, (right, up), name in zip(weights, _away(weights), names):
        ax.annotate(name, at, (14 * right, 14 * up), textcoords='offset points', fontsize=10,
                    ha=('center', 'left', 'right')[round(right)], va='center',
                    path_effects=[withStroke(linewidth=3, foreground='white')])
    ax.set(xlabel='first number', ylabel='second number')
    ax.margins(.25, .12)
    return ax


def _away(points):
    "For each point of a line a direction, as long as 1, that leads away from its neighbours."
    points = points / (np.ptp(points, 0) + 1e-9)
    steps = np.diff(points, axis=0)
    steps = steps / (np.linalg.norm(steps, axis=1, keepdims=True) + 1e-9)
    none = np.zeros((1, 2))
    away = np.r_[none, steps] - np.r_[steps, none]
    across = np.r_[steps, steps[-1:]][:, ::-1] * (1, -1)   # where the line goes straight on
    away = np.where(np.linalg.norm(away, axis=1, keepdims=True) < .3, across, away)
    return away / (np.linalg.norm(away, axis=1, keepdims=True) + 1e-9)


def draw_judges(
    scores,  # {'net': [one number per seed], …} for each model
    label,   # what the numbers are, with their unit
    ax,      # where to draw
):
    "A dot for each seed and a bar at the mean, one row per model."
    colors = (COLORS['train'], COLORS['good'], COLORS['valid'])
    for y, ((name, values), color) in enumerate(zip(scores.items(), colors)):
        ax.plot(values, y + np.linspace(-.15, .15, len(values)), 'o', color=color, alpha=.8)
        ax.vlines(np.mean(values), y - .25, y + .25, color=color)
    ax.set(yticks=range(len(scores)), yticklabels=list(scores), xlabel=label,
           ylim=(len(scores) - .5, -.5))
    ax.grid(axis='x')
    return ax
