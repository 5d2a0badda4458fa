"Columns of a table: which hold names, which amounts, and how both become numbers without gaps."
import re

from .core import as_list

__all__ = ['Categorify', 'FillMissing', 'FillStrategy', 'add_datepart', 'cont_cat_split']


class FillStrategy:
    "What stands in for a missing amount: the column's `median` or `mode`, or a `constant`."
    def median(column, fill): return column.median()
    def constant(column, fill): return fill
    def mode(column, fill): return column.value_counts().idxmax()


class FillMissing:
    "Fill the gaps of amounts with a number learnt in training; column `x_na` says where they were."
    order, state = 0, ('na_dict', 'add_col')

    def __init__(
        self,
        fill_strategy=FillStrategy.median,  # function of a column and of its entry in fill_vals
        add_col=True,    # add the columns that say where something was missing
        fill_vals=None,  # {column: number} for FillStrategy.constant; 0 where none is given
    ): self.fill_strategy, self.add_col, self.fill_vals = fill_strategy, add_col, fill_vals or {}

    def setups(self, to):
        "Learn the fill of each column that has gaps in the training rows."
        gaps = {n: c for n, c in to.train.conts.items() if c.isna().any()}
        self.na_dict = {n: float(self.fill_strategy(c, self.fill_vals.get(n, 0)))
                        for n, c in gaps.items()}
        if self.add_col: to.cat_names += [f'{n}_na' for n in gaps]

    def encodes(self, to):
        "Fill those columns."
        for n, fill in self.na_dict.items():
            if self.add_col: to.items[f'{n}_na'] = to.items[n].isna()
            to.items[n] = to.items[n].fillna(fill)


class Categorify:
    "Names become whole numbers from 1 on; 0, `#na#`, is what is missing or was never seen."
    order, state = 1, ('classes',)

    def setups(self, to):
        "Note the sorted names of each column in the training rows."
        train = to.train.items
        self.classes = {n: ['#na#', *self.names(n, train[n])] for n in to.cat_names}

    @staticmethod
    def names(n, column):
        "The different names of a column; those of a pandas category keep their order."
        found = column.dropna().unique().tolist()
        if hasattr(column, 'cat'): return [v for v in column.cat.categories if v in found]
        try: return sorted(found)
        except TypeError: raise TypeError(f"Column {n!r} mixes words and numbers, so its names have"
                                          f" no order. Type: df[{n!r}] = df[{n!r}].astype(str)"
                                          ) from None

    def encodes(self, to):
        "Names → numbers."
        for n, names in self.classes.items():
            codes, words = {v: i for i, v in enumerate(names)}, isinstance(names[-1], str)
            values = to.items[n].astype(object).where(to.items[n].notna(), '#na#').tolist()
            odd = [v for v in values if v not in codes and isinstance(v, str) != words]
            if odd: raise TypeError(f"Column {n!r} holds {odd[0]!r}, but in training its names were"
                                    f" such as {names[-1]!r}. Give the same kind.")
            to.items[n] = [codes.get(v, 0) for v in values]

    def decodes(self, to):
        "Numbers → names."
        for n, names in self.classes.items(): to.items[n] = [names[i] for i in to.items[n]]


def cont_cat_split(
    df,            # a DataFrame
    max_card=20,   # a column of whole numbers with more different ones holds amounts
    dep_var=None,  # the target, or several, to leave out
) -> tuple:        # columns of amounts, columns of names
    "Guess which columns hold amounts and which hold names; look at the guess before you trust it."
    cont, cat = [], []
    for n in [n for n in df if n not in as_list(dep_var)]:
        many = df[n].dtype.kind in 'iu' and df[n].nunique(dropna=False) > max_card
        (cont if many or df[n].dtype.kind == 'f' else cat).append(n)
    return cont, cat


def add_datepart(
    df,            # a DataFrame, which is changed
    field_name,    # a column of dates
    prefix=None,   # of the new columns; the column's name without `Date` if None
    drop=True,     # leave the column itself out
    time=False,    # hours, minutes and seconds too
):
    "Replace a date by what it may tell: year, month, week, weekday, end of a month and so on."
    import numpy as np
    import pandas as pd
    date = df[field_name] = pd.to_datetime(df[field_name])
    prefix = re.sub('[Dd]ate$', '', field_name) if prefix is None else prefix
    parts = ('Year Month Week Day Dayofweek Dayofyear Is_month_end Is_month_start Is_quarter_end '
             'Is_quarter_start Is_year_end Is_year_start').split()
    for n in parts + ['Hour', 'Minute', 'Second'] * time:
        get = n.lower().replace('dayof', 'day_of_')          # as pandas calls it
        df[prefix + n] = (date.dt.isocalendar().week.astype(date.dt.day.dtype) if n == 'Week'
                          else getattr(date.dt, get))
    seconds = date.to_numpy('datetime64[ns]').astype('int64') // 10 ** 9
    df[f'{prefix}Elapsed'] = np.where(date.notna(), seconds, np.nan)
    return df.drop(columns=field_name) if drop else df


def need_columns(df, names):
    "Refuse a table that lacks a column."
    gone = [n for n in names if n not in df]
    if gone: raise KeyError(f"The table has no column {gone[0]!r}. It has {', '.join(df)}.")


def amounts(column):
    "A column as floats, its gaps as nan; a word among them is refused."
    import pandas as pd
    res = pd.to_numeric(column, errors='coerce')
    words = column[res.isna() & column.notna()]
    if len(words): raise TypeError(
        f"Column {column.name!r} holds {words.iloc[0]!r}, which is no amount. Put the column into "
        "cat_names, or mend the value.")
    return res.astype(float)
