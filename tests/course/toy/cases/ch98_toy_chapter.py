"Answers to the toy chapter's exercises."
CASES = {
    "98.1": dict(
        another=["rate = np.float32(.25)", "rate = torch.tensor([0.25])", "rate = '0.25'"],
        mistakes={"accuracy": "rate = 1 - wrong / n", "percent": "rate = 25"},
        unforeseen=["rate = -3"]),
    "98.2": dict(
        another=["def rate_of(p, t): return 1 - np.mean([a == b for a, b in zip(p, t)])",
                 "rate_of = lambda p, t: (torch.tensor(p) != torch.tensor(t)).float().mean()"],
        mistakes={"accuracy": "def rate_of(p, t): return np.mean(np.array(p) == np.array(t))",
                  "count": "def rate_of(p, t): return (np.array(p) != np.array(t)).sum()"},
        unforeseen=["def rate_of(p, t): return p / t", "def rate_of(p): return 3"]),
    "98.3": dict(
        another=["pair, sure = {'Dog', 'cat'}, False",
                 "pair, sure = np.array(['cat', 'dog']), 'no'"],
        mistakes={"one": "pair, sure = ['cat'], False",
                  "sure": "pair, sure = ('cat', 'dog'), True"},
        unforeseen=["pair, sure = ['owl', 'dog'], False"]),
    "98.4": dict(
        another=["class Count:\n    n = 0\n    def after_loss(self): self.n += 1\nCount = Count()"],
        mistakes={"never": "class Count:\n    def after_loss(self): return 1",
                  "twice": "class Count:\n    n = 0\n    def after_loss(self): self.n += 2"},
        unforeseen=["class Count:\n    n = 0\n    def after_loss(self): self.n += 3"]),
}
