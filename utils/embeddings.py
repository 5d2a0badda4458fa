"Embeddings: names of a table's columns as numbers that are learnt, and the net around them."
import torch
from torch import Tensor, nn

__all__ = ['TabularModel', 'emb_sz_rule', 'get_emb_sz']


def emb_sz_rule(
    n_cat: int,  # names of a column, `#na#` among them
) -> int:
    """A rule of thumb for the numbers that stand for each name of a column.

    >>> emb_sz_rule(4)
    3
    """
    return min(600, round(1.6 * n_cat ** .56))


def get_emb_sz(
    to,            # a TabularPandas
    sz_dict=None,  # {column: size} where the rule shall not decide
) -> list:         # (names, size of their embedding) for each column of names
    "How large the embedding of each column is."
    sizes, given = [len(to.classes[n]) for n in to.cat_names], sz_dict or {}
    return [(n, given.get(name, emb_sz_rule(n))) for name, n in zip(to.cat_names, sizes)]


class _Range(nn.Module):
    "Any number → one between two bounds."

    def __init__(self, low, high):
        super().__init__()
        self.low, self.high = low, high

    def forward(self, x): return self.low + (self.high - self.low) * torch.sigmoid(x)


class TabularModel(nn.Module):
    """Embeddings for names, beside the amounts, then linear layers. Book: chapter 9.

    Guo and Berkhahn, *Entity Embeddings of Categorical Variables*, 2016.
    """

    def __init__(
        self,
        emb_szs,         # (names, size) of each embedding
        n_cont,          # columns of amounts
        out_sz,          # outputs
        layers,          # units of each hidden layer: [200, 100]
        ps=None,         # dropout after each hidden layer; one number for all, or a list
        embed_p=0.,      # dropout of the embeddings
        y_range=None,    # (low, high) that predicted amounts stay between
        use_bn=True,     # batch norm after each hidden layer
        bn_final=False,  # and after the last layer
        bn_cont=True,    # and of the amounts
    ):
        super().__init__()
        self.spec = {k: v for k, v in locals().items() if k not in ('self', '__class__')}
        ps = [ps or 0.] * len(layers) if isinstance(ps, (int, float, type(None))) else ps
        self.embeds = nn.ModuleList(nn.Embedding(n, size) for n, size in emb_szs)
        for e in self.embeds: nn.init.trunc_normal_(e.weight, std=.01, a=-.02, b=.02)
        self.emb_drop = nn.Dropout(embed_p)
        self.bn_cont = nn.BatchNorm1d(n_cont) if bn_cont and n_cont else None
        sizes = [sum(size for _, size in emb_szs) + n_cont, *layers]
        parts = [_layer(i, o, use_bn, p) for i, o, p in zip(sizes, layers, ps)]
        parts.append(_layer(sizes[-1], out_sz, use_bn and bn_final, last=True))
        self.layers = nn.Sequential(*parts, *([_Range(*y_range)] if y_range else []))

    def forward(
        self,
        x_cat: Tensor,   # numbers of names, (n, columns)
        x_cont: Tensor,  # amounts, (n, columns)
    ) -> Tensor:         # (n, out_sz)
        "Scores, or amounts, for a batch of rows."
        x = [e(x_cat[:, i]) for i, e in enumerate(self.embeds)]      # each (n, size)
        x = [self.emb_drop(torch.cat(x, 1))] if x else []
        x.append(self.bn_cont(x_cont) if self.bn_cont else x_cont)
        return self.layers(torch.cat(x, 1))


def _layer(n_in, n_out, bn, p=0., last=False):
    "Linear, ReLU, batch norm and dropout; the last layer is linear only."
    parts = [nn.Linear(n_in, n_out, bias=not bn)] + [nn.ReLU(inplace=True)] * (not last)
    return nn.Sequential(*parts, *[nn.BatchNorm1d(n_out)] * bn, *[nn.Dropout(p)] * (p > 0))
