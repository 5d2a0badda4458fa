"Answers to the exercises of chapter 05: right another way, wrong in a known way, wrong anyhow."

ERRORS = "without = [.30, .26, .34]\naugmented = [.20, .24, .19]\n"
FLIPPED = "def top_to_bottom(xb): return xb.flip({})"
RELIT = "def relight(xb, factors): return {}"
DICE = "def changed_by_dice(dl):\n    {}\n    return {}"
WAYS = "def eight_ways(x): return torch.stack({})"
QUARTERS = "[torch.rot90({}, k, (-2, -1)) for k in range(4)]"

CASES = {
    "05.1": dict(
        another=["breaking = 'b d f'.split()", "breaking = {'F', 'B', 'D'}"],
        mistakes={"the-keepers": "breaking = ['A', 'C', 'E']",
                  "above": "breaking = ['B', 'C', 'D', 'F']", "missed": "breaking = ['B']"},
        unforeseen=["breaking = ['A', 'B', 'D', 'F']"],
    ),
    "05.2": dict(
        another=["def top_to_bottom(xb): return xb[:, :, range(xb.shape[2] - 1, -1, -1)]",
                 "def top_to_bottom(xb): return torch.stack([x.flip(1) for x in xb])",
                 "def top_to_bottom(xb): return Dihedral(draw=2., p=1.)(xb)"],
        mistakes={"sideways": FLIPPED.format(-1), "both": FLIPPED.format("(-2, -1)"),
                  "colours": FLIPPED.format(1), "pictures": FLIPPED.format(0)},
        unforeseen=["def top_to_bottom(xb): return xb"],
    ),
    "05.3": dict(
        another=["def relight(xb, factors):\n"
                 "    return torch.stack([(x * f).clamp(max=1) for x, f in zip(xb, factors)])",
                 RELIT.format("torch.einsum('nchw,n->nchw', xb, factors).clip(0, 1)")],
        mistakes={"too-bright": RELIT.format("xb * factors[:, None, None, None]"),
                  "columns": RELIT.format("(xb * factors).clamp(0, 1)"),
                  "added": RELIT.format("(xb + factors[:, None, None, None]).clamp(0, 1)"),
                  "squeezed": "def relight(xb, factors):\n"
                              "    z = xb * factors[:, None, None, None]\n"
                              "    return z / z.max()"},
        unforeseen=[RELIT.format("xb")],
    ),
    "05.4": dict(
        another=["breaker = Flip(1.)", "breaker = [Flip(), Rotate(10), Brightness(.3)]",
                 "breaker = Dihedral(draw=1., p=.5)"],
        mistakes={"nothing-broken": "breaker = [Rotate(10), Zoom(1., 1.2)]",
                  "all-broken": "breaker = Rotate(180, p=1.)",
                  "other-pair": "breaker = Dihedral(draw=2., p=.5)", "a-class": "breaker = Flip"},
        unforeseen=["breaker = ['Flip']"],
    ),
    "05.5": dict(
        another=["def changed_by_dice(dl):\n"
                 "    (a, _), (b, _) = dl.one_batch(), dl.one_batch()\n"
                 "    return bool((a != b).any())",
                 DICE.format("a, b = [dl.one_batch()[0] for _ in range(2)]",
                             "not torch.allclose(a, b)")],
        mistakes={
            "not-pixels": DICE.format("a, b = dl.one_batch()[1], dl.one_batch()[1]",
                                      "not torch.equal(a, b)"),
            "inverted": DICE.format("a, b = dl.one_batch()[0], dl.one_batch()[0]",
                                    "torch.equal(a, b)"),
            "asked-once": DICE.format("a = b = dl.one_batch()[0]", "not torch.equal(a, b)"),
            "first-only": DICE.format("a, b = dl.one_batch()[0][0], dl.one_batch()[0][0]",
                                      "not torch.equal(a, b)")},
        unforeseen=["def changed_by_dice(dl): return True"],
    ),
    "05.6": dict(
        another=[ERRORS + "fraction = .3\nalways = 'yes'",
                 ERRORS + "fraction = (sum(without) - sum(augmented)) / sum(without)\n"
                          "always = all(a < b for a in augmented for b in without)"],
        mistakes={"absolute": ERRORS + "fraction = np.mean(without) - np.mean(augmented)\n"
                                       "always = True",
                  "of-the-new": ERRORS + "fraction = np.mean(without) / np.mean(augmented) - 1\n"
                                         "always = True",
                  "percent": ERRORS + "fraction = 30\nalways = True",
                  "best-seeds": ERRORS + "fraction = 1 - min(augmented) / min(without)\n"
                                         "always = True",
                  "overlap": ERRORS + "fraction = .3\nalways = False"},
        unforeseen=[ERRORS + "fraction = .77\nalways = True"],
    ),
    "05.7": dict(
        another=["def eight_ways(x): return torch.cat([Dihedral(draw=float(k), p=1., "
                 "mode='nearest')(x[None]) for k in range(8)])",
                 "def eight_ways(x):\n"
                 "    t = x.transpose(-1, -2)\n"
                 "    return torch.stack([z.flip(f) for z in (x, t) "
                 "for f in ((), -1, -2, (-1, -2))])"],
        mistakes={
            "quarters-only": WAYS.format(QUARTERS.format("x")),
            "flips-only": WAYS.format("[x, x.flip(-1), x.flip(-2), x.flip(-1, -2)]"),
            "twice": WAYS.format(QUARTERS.format("x") + " + [x.flip(-1), x.flip(-2)] * 2"),
            "colours": WAYS.format("[torch.rot90(z, k) for z in (x, x.flip(-1)) "
                                   "for k in range(4)]")},
        unforeseen=["def eight_ways(x): return torch.stack([x] * 7)"],
    ),
}
