"What exactly does a model get wrong: the confusion matrix and the worst items."
import numpy as np
import torch

from .plots import COLORS, get_grid

__all__ = ['Interpretation', 'ClassificationInterpretation']


class Interpretation:
    "The predictions, targets and losses of a learner on one of its sets."

    def __init__(
        self,
        learn,     # a trained learner
        ds_idx=1,  # which set: 0 training, 1 validation
        dl=None,   # another loader
    ):
        self.dl = learn.dls[ds_idx] if dl is None else dl
        if getattr(self.dl, 'shuffle', False): self.dl = self.dl.new(shuffle=False, drop_last=False)
        preds = learn.get_preds(dl=self.dl, with_decoded=True, with_loss=True)
        self.preds, self.targs, self.decoded, self.losses = preds

    @classmethod
    def from_learner(
        cls,
        learn,     # a trained learner
        ds_idx=1,  # which set: 0 training, 1 validation
        dl=None,   # another loader
    ):
        "Ask a learner for its predictions on one of its sets."
        return cls(learn, ds_idx, dl)

    def top_losses(
        self,
        k=None,        # how many; all if None
        largest=True,  # the worst first; else the best
    ):
        "The `k` largest losses and the numbers of their items."
        return self.losses.topk(len(self.losses) if k is None else k, largest=largest)

    def plot_top_losses(
        self,
        k,              # how many items
        largest=True,   # the worst; else the best
        nrows=None,     # rows of the grid
        ncols=None,     # columns of the grid
        figsize=None,   # inches
    ):
        "Draw the items with the largest losses: prediction / actual / loss / probability."
        losses, idxs = self.top_losses(min(k, len(self.losses)), largest)
        b = self.dl.make_batch(idxs)
        axs, (image, target) = get_grid(len(idxs), nrows, ncols, figsize), self.dl.blocks
        x = self.dl.undo(b[0])
        for ax, im, i, loss in zip(axs, x, idxs, losses):
            words = f'{target.words(self.decoded[i])}/{target.words(self.targs[i])} / {loss:.2f}'
            if self.preds.ndim > 1: words += f' / {self.preds[i].max():.2f}'
            image.show(im, ax, words)
        axs[0].figure.suptitle('Prediction/Actual/Loss/Probability', weight='bold')
        return axs


class ClassificationInterpretation(Interpretation):
    "Which classes does a model take for which others? Book: chapters 2 and 5."

    @property
    def vocab(self):
        "The labels, in the order of the matrix."
        return self.dl.vocab

    def confusion_matrix(self) -> np.ndarray:
        "Counts (c, c): a row for each actual class, a column for each predicted one."
        n = len(self.vocab)
        return torch.bincount(self.targs * n + self.decoded, minlength=n * n).view(n, n).numpy()

    def plot_confusion_matrix(
        self,
        normalize=False,           # shares of each actual class rather than counts
        title='Confusion matrix',  # words above
        cmap='Blues',              # matplotlib colour map
        norm_dec=2,                # digits after the point of shares
        plot_txt=True,             # write the numbers into the cells
        **kwargs,                  # passed to plt.figure: figsize, dpi
    ):
        "Draw the confusion matrix; returns the axes."
        cm = self.confusion_matrix()
        if normalize: cm = cm / np.maximum(cm.sum(1, keepdims=True), 1)
        ax = get_grid(1, figsize=kwargs.pop('figsize', (6, 6)), **kwargs)[0]
        ax.imshow(cm, cmap=cmap, interpolation='nearest')
        names, at = [str(v) for v in self.vocab], range(len(cm))
        ax.set_xticks(at, names, rotation=90)
        ax.set_yticks(at, names)
        for i, j in np.ndindex(*cm.shape) if plot_txt else ():
            words = f'{cm[i, j]:.{norm_dec}f}' if normalize else f'{cm[i, j]}'
            dark = cm[i, j] > cm.max() / 2
            ax.text(j, i, words, ha='center', va='center', color='white' if dark else COLORS['ink'])
        ax.set(title=title, ylabel='Actual', xlabel='Predicted')
        ax.spines[:].set_visible(False)
        return ax

    def most_confused(
        self,
        min_val=1,  # leave out pairs with fewer mistakes
    ) -> list:      # (actual, predicted, how often), the most frequent first
        "The pairs of classes that are confused most often."
        cm = self.confusion_matrix()
        pairs = [(self.vocab[i], self.vocab[j], int(cm[i, j])) for i, j in np.ndindex(*cm.shape)
                 if i != j and cm[i, j] >= min_val]
        return sorted(pairs, key=lambda p: p[2], reverse=True)
