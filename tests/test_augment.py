"Batch transforms give fastai's numbers, those of independent libraries, and one sampling for all."
import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from utils import augment, spatial
from utils.augment import (BatchTransforms, Brightness, Contrast, Normalize, RandomErasing,
                           Saturation, aug_transforms, imagenet_stats, transform_from_spec)
from utils.resize import RandomResizedCrop, Resize
from utils.spatial import Dihedral, Flip, RandomResizedCropGPU, Rotate, Warp, Zoom

VECTORS = json.loads((Path(__file__).parent / 'parity' / 'augment.json').read_text())
PICTURE = torch.tensor(VECTORS['picture'])   # (2, 3, 6, 8)


def close(a, b, tol=2e-6):
    "Two tensors, or lists of numbers, are the same up to rounding."
    a, b = torch.as_tensor(a), torch.as_tensor(b)
    return a.shape == b.shape and (a.double() - b.double()).abs().max().item() <= tol


def smooth(n=2, h=32, w=32, seed=0):
    "Soft random pictures, so that reading between pixels hardly errs."
    g = torch.Generator().manual_seed(seed)
    small = torch.rand(n, 3, 5, 5, generator=g)
    return F.interpolate(small, (h, w), mode='bicubic', align_corners=True).clamp(.05, .95)


def moved(tfm, xb):
    return tfm(xb, torch.Generator().manual_seed(0))


# --- fastai's numbers


@pytest.mark.parametrize('case', VECTORS['single'], ids=lambda c: c['name'])
def test_one_transform_gives_fastais_numbers(case):
    assert close(moved(transform_from_spec(case['transform']), PICTURE), case['result'])


@pytest.mark.parametrize('case', VECTORS['composed'], ids=lambda c: c['name'])
def test_composed_transforms_give_fastais_numbers(case):
    bt = BatchTransforms([transform_from_spec(s) for s in case['transforms']])
    assert close(bt(PICTURE), case['result'])


@pytest.mark.parametrize('case', [c for c in VECTORS['composed'] if 'points' in c],
                         ids=lambda c: c['name'])
def test_mask_points_and_boxes_follow_as_in_fastai(case):
    bt = BatchTransforms([transform_from_spec(s) for s in case['transforms']])
    drawn = bt.draw(2)
    span = torch.tensor([7., 5.]) / 2   # -1..1 to the pixels 0..7 and 0..5
    assert bt.masks(torch.tensor(case['mask']).long(), drawn).tolist() == case['mask_result']
    points = (torch.tensor(case['points']) + 1) * span
    assert close(bt.points(points, drawn, (6, 8)) / span - 1, case['points_result'], 1e-5)
    span = span.repeat(2)
    boxes = (torch.tensor(case['boxes']) + 1) * span + .5
    assert close((bt.boxes(boxes, drawn, (6, 8)) - .5) / span - 1, case['boxes_result'], 1e-5)


def test_a_size_holds_for_validation_and_a_rotation_does_not():
    case = VECTORS['valid_size']
    bt = BatchTransforms(transform_from_spec(case['transform']))
    assert close(bt(PICTURE, train=False), case['result'])
    assert BatchTransforms(Rotate(draw=20., p=1.))(PICTURE, train=False) is PICTURE


@pytest.mark.parametrize('case', VECTORS['batch_crop'])
def test_a_crop_of_the_batch_gives_fastais_numbers(case):
    tfm = transform_from_spec(case['transform'])
    (top, left), (ch, cw) = case['top_left'], case['crop']
    place = [(left + .5) / (8 - cw + 1), (top + .5) / (6 - ch + 1)]
    tries = [[cw * ch / 48, cw / ch]]
    params = {'tries': torch.tensor([tries] * 2), 'place': torch.tensor([place] * 2)}
    assert close(tfm.apply(PICTURE, params), case['result'])


def test_the_crop_of_a_validation_batch_is_fastais_middle():
    case = VECTORS['batch_crop_valid']
    bt = BatchTransforms(transform_from_spec(case['transform']))
    assert close(bt(PICTURE, train=False), case['result'])


@pytest.mark.parametrize('case', VECTORS['erasing']['cases'])
def test_erased_rectangles_are_fastais(case):
    area, aspect, row, col = [torch.full((1, 2), u) for u in case['uniform']]
    tfm = RandomErasing(sl=.02, sh=.4, max_count=2)
    low = math.log(tfm.min_aspect)
    params = dict(count=torch.tensor([case['count']]), area=.02 + .38 * area,
                  aspect=torch.exp(low - 2 * low * aspect), row=row, col=col)
    h, w = case['size']
    top, bottom, left, right = case['rows_cols']
    expected = (0, top, min(bottom, h), left, min(right, w))
    assert list(tfm.boxes(params, h, w)) == [expected] * case['count']


def test_normalize_gives_fastais_numbers_and_decodes_them():
    case = VECTORS['normalize']
    tfm = Normalize.from_stats(case['mean'], case['std'])
    assert close(tfm(PICTURE), case['result'])
    assert close(tfm.decode(tfm(PICTURE)), PICTURE)


def described(made):
    "fastai's description of a list of transforms, in our words."
    names = {'flip_mat': 'Flip', 'dihedral_mat': 'Dihedral', 'rotate_mat': 'Rotate',
             'zoom_mat': 'Zoom', '_WarpCoord': 'Warp', '_BrightnessLogit': 'Brightness',
             '_ContrastLogit': 'Contrast'}
    res = {}
    for group in made:
        for part in group.get('parts', []):
            args = {k: v for k, v in part.items() if k != 'name'}
            if group['kind'] == 'affine': args |= {k: group[k] for k in ('size', 'pad_mode')}
            res[names[part['name']]] = args
        if 'parts' not in group: res[group['kind']] = {k: group[k] for k in ('min_scale', 'ratio')}
    return res


@pytest.mark.parametrize('case', VECTORS['aug_transforms'], ids=lambda c: str(c['args']))
def test_aug_transforms_makes_what_fastai_makes(case):
    made = {type(t).__name__: t for t in aug_transforms(**case['args'])}
    expected = described(case['made'])
    assert set(made) == set(expected)
    for name, args in expected.items():
        for k, v in args.items():
            own = getattr(made[name], k)
            assert list(own) == v if isinstance(v, list) else own == pytest.approx(v), (name, k)


# --- independent judges


def test_rotation_turns_as_scipy_turns_it():
    from scipy import ndimage
    xb, inside = smooth(1, 41, 41), slice(12, 29)
    for angle in (30., -75.):
        ours = moved(Rotate(draw=angle, p=1., pad_mode='zeros'), xb)[0, 0].numpy()
        theirs = ndimage.rotate(xb[0, 0].numpy(), -angle, reshape=False, order=1)
        assert abs(ours - theirs)[inside, inside].max() < 1e-4
        wrong = ndimage.rotate(xb[0, 0].numpy(), angle, reshape=False, order=1)
        assert abs(ours - wrong)[inside, inside].max() > .05    # a swapped sign would be seen


def test_without_aligned_corners_the_grid_is_torchs():
    xb, tfm = smooth(1, 20, 20), Rotate(draw=30., p=1., align_corners=False)
    c, s = math.cos(math.pi / 6), math.sin(math.pi / 6)
    grid = F.affine_grid(torch.tensor([[[c, s, 0], [-s, c, 0]]]), xb.shape, align_corners=False)
    theirs = F.grid_sample(xb, grid, padding_mode='reflection', align_corners=False)
    assert close(tfm(xb), theirs, 1e-5)


def test_a_positive_angle_turns_clockwise():
    xb = torch.zeros(1, 3, 9, 9)
    xb[..., 4, 8] = 1.                              # a dot on the right ...
    assert moved(Rotate(draw=90., p=1.), xb)[0, 0, 8, 4] > .99    # ... comes to the bottom


@pytest.mark.parametrize('tfm', [Warp(draw_x=.3, draw_y=-.15, p=1.), Dihedral(draw=5, p=1.),
                                 Zoom(draw=1.4, draw_x=.1, draw_y=.7, p=1.)])
def test_the_matrix_means_to_scikit_image_what_it_means_to_us(tfm):
    from skimage.transform import ProjectiveTransform, warp
    xb = smooth(1, 33, 33)
    m = tfm.matrix(tfm.draw(1), 33, 33)[0].double().numpy()
    to_unit = np.array([[2 / 32, 0, -1], [0, 2 / 32, -1], [0, 0, 1]])   # pixels to -1..1
    m = ProjectiveTransform(np.linalg.inv(to_unit) @ m @ to_unit)
    theirs = warp(xb[0, 0].double().numpy(), m, order=1, mode='reflect')
    ours = moved(tfm, xb)[0, 0].numpy()
    assert abs(ours - theirs)[3:-3, 3:-3].max() < 1e-4


def test_every_pixel_is_what_a_naive_loop_finds():
    "Zoom, turn and tilt, one pixel at a time, from the formulas."
    xb = PICTURE[:1]
    tfms = [Warp(draw_x=.1, draw_y=-.2, p=1.), Rotate(draw=12., p=1.),
            Zoom(draw=1.3, draw_x=.4, draw_y=.6, p=1.)]
    ours = BatchTransforms(tfms)(xb)[0, 0]
    h, w = 6, 8
    warp = tfms[0].matrix(tfms[0].draw(1), h, w)[0]
    c, s, k = math.cos(math.radians(12)), math.sin(math.radians(12)), 1 / 1.3
    for i in range(h):
        for j in range(w):
            x, y = 2 * j / (w - 1) - 1, 2 * i / (h - 1) - 1
            cx, cy = (1 - k) * (2 * .4 - 1), (1 - k) * (2 * .6 - 1)
            x, y = (c * k * x + s * h / w * k * y + c * cx + s * cy,
                    -s * w / h * k * x + c * k * y - s * cx + c * cy)
            a, b, d = (warp @ torch.tensor([x, y, 1.])).tolist()
            x, y = (a / d + 1) / 2 * (w - 1), (b / d + 1) / 2 * (h - 1)
            x, y = [abs(v) if v < m else 2 * m - v for v, m in ((x, w - 1), (y, h - 1))]
            i0, j0 = min(int(y), h - 2), min(int(x), w - 2)
            fy, fx = y - i0, x - j0
            p = xb[0, 0, i0:i0 + 2, j0:j0 + 2]
            want = ((1 - fy) * (1 - fx) * p[0, 0] + (1 - fy) * fx * p[0, 1]
                    + fy * (1 - fx) * p[1, 0] + fy * fx * p[1, 1])
            assert abs(ours[i, j] - want) < 1e-5, (i, j)


def test_warp_takes_its_four_points_to_the_corners():
    x, y = .3, -.2
    m = Warp().matrix({'x': torch.tensor([x]), 'y': torch.tensor([y])}, 9, 9)[0]
    for point, corner in [((-1 - y, -1 - x), (-1, -1)), ((-1 + y, 1 + x), (-1, 1)),
                          ((1 + y, -1 + x), (1, -1)), ((1 - y, 1 - x), (1, 1))]:
        a, b, d = (m @ torch.tensor([*point, 1.])).tolist()
        assert (a / d, b / d) == pytest.approx(corner, abs=1e-5)


def test_a_flip_is_torchs_flip():
    xb = smooth(2, 17, 23)
    assert close(moved(Flip(p=1.), xb), xb.flip(-1), 1e-5)
    only_second = moved(Flip(p=1., draw=[0, 1]), xb)
    assert close(only_second, torch.stack([xb[0], xb[1].flip(-1)]), 1e-5)


def test_the_eight_ways_of_dihedral_are_all_there_are():
    xb = smooth(1, 16, 16).repeat(8, 1, 1, 1)
    ours = moved(Dihedral(p=1., draw=list(range(8))), xb)
    ways = [xb[0].rot90(k, (1, 2)) for k in range(4)]
    ways += [way.flip(-1) for way in ways]
    found = [next(k for k, way in enumerate(ways) if close(way, o, 1e-5)) for o in ours]
    assert sorted(found) == list(range(8)) and found[0] == 0


def test_brightness_and_contrast_are_a_shift_and_a_stretch_of_logits():
    x = torch.full((1, 3, 1, 1), .8)
    assert moved(Brightness(draw=.6, p=1.), x)[0, 0].item() == pytest.approx(6 / 7)   # odds 4 x 1.5
    assert moved(Contrast(draw=2., p=1.), x)[0, 0].item() == pytest.approx(16 / 17)   # odds 4 ** 2
    assert moved(Contrast(draw=0., p=1.), x)[0, 0].item() == pytest.approx(.5)


def test_no_saturation_is_grey_and_grey_pictures_keep_their_own():
    grey = moved(Saturation(draw=0., p=1.), PICTURE)
    assert close(grey[:, 0], grey[:, 2]) and not close(PICTURE[:, 0], PICTURE[:, 2], .1)
    one = PICTURE[:, :1]
    assert close(moved(Saturation(draw=.3, p=1.), one), one)


# --- draws


RANGES = [(Rotate(10., p=1.), 'degrees', -10, 10), (Zoom(1., 1.1, p=1.), 'zoom', 1, 1.1),
          (Zoom(p=1.), 'x', 0, 1), (Warp(.2, p=1.), 'x', -.2, .2), (Warp(.2, p=1.), 'y', -.2, .2),
          (Brightness(.2, p=1.), 'change', .4, .6), (Contrast(.2, p=1.), 'change', .8, 1.25),
          (Saturation(.5, p=1.), 'change', .5, 2.), (RandomErasing(1., .1, .2), 'area', .1, .2),
          (RandomErasing(1.), 'aspect', .3, 1 / .3)]


@pytest.mark.parametrize('tfm, key, low, high', RANGES, ids=str)
def test_draws_fill_their_range_and_no_more(tfm, key, low, high):
    v = tfm.draw(4000, torch.Generator().manual_seed(0))[key]
    span = high - low
    assert low - 1e-6 <= v.min() < low + .01 * span and high - .01 * span < v.max() <= high + 1e-6
    middle = 1. if low * high == 1 else (low + high) / 2
    assert (v < middle).float().mean() == pytest.approx(.5, abs=.03)


@pytest.mark.parametrize('make, key, still', [
    (Flip, 'flip', 0), (Dihedral, 'way', 0), (Rotate, 'degrees', 0), (Zoom, 'zoom', 1),
    (Warp, 'x', 0), (Brightness, 'change', .5), (Contrast, 'change', 1), (Saturation, 'change', 1),
    (RandomErasing, 'count', 0)], ids=lambda m: getattr(m, '__name__', None))
def test_each_picture_throws_its_own_coin_with_chance_p(make, key, still):
    g = torch.Generator().manual_seed(1)
    for p in (0., .3, 1.):
        left = (make(p=p).draw(4000, g)[key] == still).float().mean().item()
        unseen = .125 if make is Dihedral else 0.   # one way in eight is the first
        assert left == pytest.approx(1 - p + p * unseen, abs=.03)


def test_the_point_a_zoom_leaves_alone_is_drawn_without_a_coin():
    x = Zoom(p=.3).draw(1000, torch.Generator().manual_seed(0))['x']
    assert len(x.unique()) > 990


def test_the_coin_also_decides_over_a_given_draw():
    v = Rotate(draw=30., p=.5).draw(1000, torch.Generator().manual_seed(0))['degrees']
    assert set(v.tolist()) == {0., 30.}


def test_batch_means_one_draw_for_all():
    for tfm in (*aug_transforms(batch=True), RandomResizedCropGPU(8, batch=True)):
        for v in tfm.draw(16, torch.Generator().manual_seed(2)).values():
            assert (v == v[:1]).all()


def test_the_same_generator_gives_the_same_batch_and_the_global_one_is_left_alone():
    xb, before = smooth(4), torch.get_rng_state()
    bt = BatchTransforms([*aug_transforms(), Saturation(), RandomErasing(p=1.)])
    a, b, c = [bt(xb, generator=torch.Generator().manual_seed(s)) for s in (5, 5, 6)]
    bt(xb, train=False)
    BatchTransforms(aug_transforms(size=8, min_scale=.5))(xb, train=False)
    assert torch.equal(a, b) and not torch.equal(a, c)
    assert torch.equal(before, torch.get_rng_state())


# --- together


def test_a_draw_of_nothing_returns_the_batch():
    xb = smooth(3, 31, 44)
    bt = BatchTransforms([*aug_transforms(), Saturation(), Dihedral()])
    assert close(bt.apply(xb, [(t, t.neutral(3)) for t in bt.tfms]), xb, 1e-5)
    for t in bt.tfms: assert close(t.apply(xb, t.neutral(3)), xb, 1e-5)


def test_the_batch_that_is_given_stays_as_it_was():
    xb = smooth(4)
    copy = xb.clone()
    BatchTransforms([*aug_transforms(), Saturation(), RandomErasing(p=1.), Normalize()])(xb)
    for t in (RandomErasing(p=1.), Brightness(p=1.), Normalize([.5], [.2]), Flip(p=1.)): t(xb)
    assert torch.equal(xb, copy)


def test_all_moves_take_one_sampling_and_all_lighting_one_logit(monkeypatch):
    calls = {'grid_sample': 0, 'logit': 0}

    def counting(module, name):
        real = getattr(module, name)

        def counted(x, *args, **kwargs):
            if x.ndim == 4 and x.numel() > 100: calls[name] += 1
            return real(x, *args, **kwargs)
        monkeypatch.setattr(module, name, counted)
    counting(spatial.F, 'grid_sample')
    counting(augment.torch, 'logit')
    BatchTransforms([*aug_transforms(size=20, min_scale=.5), Saturation(), Dihedral()])(smooth(4))
    assert calls == {'grid_sample': 1, 'logit': 1}


def test_together_means_what_one_after_the_other_means():
    "Moves first, the crop last; a tilt happens in the picture before any turn."
    xb, g = smooth(2, 65, 65), torch.Generator().manual_seed(7)
    warp, turn, crop = Warp(.1, p=1.), Rotate(20., p=1.), RandomResizedCropGPU(65, .3, (1, 1))
    drawn = BatchTransforms([crop, warp, turn]).draw(2, g)
    params = {t: p for t, p in drawn}
    step = xb
    for t in (warp, turn, crop): step = t.apply(step, params[t])
    together = BatchTransforms([crop, warp, turn]).apply(xb, drawn)
    assert abs(together - step).mean() < .01
    assert abs(together - crop.apply(xb, params[crop])).mean() > .02


def test_one_sampling_keeps_more_detail_than_several():
    g = torch.Generator().manual_seed(0)
    xb = torch.rand(8, 3, 64, 64, generator=g)
    tfms = [Rotate(draw=7., p=1.), Zoom(draw=1.05, draw_x=.5, draw_y=.5, p=1.),
            Warp(draw_x=.1, draw_y=.1, p=1.)]
    once, often = BatchTransforms(tfms)(xb), xb
    for t in reversed(tfms): often = t(often)
    assert often.std() < .9 * once.std()


def test_validation_is_normalised_but_not_augmented():
    xb = smooth(4)
    norm = Normalize.from_stats(*imagenet_stats)
    bt = BatchTransforms([norm, *aug_transforms(), RandomErasing(p=1.)])
    assert close(bt(xb, train=False), norm(xb))
    assert not close(bt(xb, generator=torch.Generator().manual_seed(0)), norm(xb), .05)


def test_erasing_comes_after_normalize_and_leaves_the_rest():
    xb = torch.full((64, 3, 20, 20), .5)
    bt = BatchTransforms([RandomErasing(p=.5, sl=.2), Normalize([.5] * 3, [.1] * 3)])
    out = bt(xb, generator=torch.Generator().manual_seed(0))
    noise = out[out != 0]
    assert .05 < (out != 0).float().mean() < .25
    assert noise.mean().abs() < .05 and noise.std() == pytest.approx(1, abs=.05)
    hit = (out != 0).flatten(1).any(1).float().mean()
    assert .3 < hit < .7


def test_normalize_measures_the_first_batch_and_stays_with_it():
    norm, first, second = Normalize(), smooth(8, seed=1), smooth(8, seed=2)
    out = norm(first)
    assert close(out.mean((0, 2, 3)), torch.zeros(3), 1e-4)
    assert close(out.std((0, 2, 3)), torch.ones(3), 1e-4)
    assert not close(norm(second).mean((0, 2, 3)), torch.zeros(3), 1e-2)


def test_points_land_where_the_pixel_lands():
    g = torch.Generator().manual_seed(3)
    for tfms in ([Rotate(25., p=1.), Zoom(1., 1.3, p=1.), Warp(.15, p=1.), Flip(p=.5)],
                 [Rotate(25., p=1., size=(60, 80))], [RandomResizedCropGPU((50, 50), .6)],
                 [Rotate(25., p=1., align_corners=False)]):
        bt = BatchTransforms(tfms)
        at = torch.tensor([[[22., 17.]], [[30., 25.]]])
        grid = torch.stack(torch.meshgrid(torch.arange(48.), torch.arange(40.), indexing='xy'), -1)
        xb = torch.exp(-((grid - at[:, None]) ** 2).sum(-1) / 8)[:, None].repeat(1, 3, 1, 1)
        drawn = bt.draw(2, g)
        out, there = bt.apply(xb, drawn), bt.points(at, drawn, (40, 48))
        for i in range(2):
            y, x = divmod(out[i, 0].argmax().item(), out.shape[-1])
            assert abs(there[i, 0] - torch.tensor([x, y])).max() < 1., tfms


def test_a_box_holds_what_it_held():
    xb = torch.zeros(1, 3, 40, 40)
    xb[..., 10:18, 12:30] = 1.
    bt, box = BatchTransforms(Rotate(draw=30., p=1.)), torch.tensor([[[12., 10., 30., 18.]]])
    drawn = bt.draw(1)
    out = bt.apply(xb, drawn)[0, 0] > .5
    rows, cols = out.any(1).nonzero(), out.any(0).nonzero()
    found = torch.tensor([cols.min(), rows.min(), cols.max() + 1, rows.max() + 1])
    assert abs(bt.boxes(box, drawn, (40, 40))[0, 0] - found).max() < 1.5
    whole, flip = torch.tensor([[[0., 0., 40., 40.]]]), BatchTransforms(Flip(p=1.))
    assert close(flip.boxes(whole, flip.draw(1), (40, 40)), whole, 1e-4)


def test_a_mask_keeps_its_kind_and_its_values():
    bt = BatchTransforms([*aug_transforms(), Normalize()])
    mask = torch.randint(0, 5, (4, 20, 20), generator=torch.Generator().manual_seed(0)) * 50
    out = bt.masks(mask.to(torch.uint8), bt.draw(4, torch.Generator().manual_seed(1)))
    assert out.dtype == torch.uint8 and set(out.unique().tolist()) <= {0, 50, 100, 150, 200}
    assert BatchTransforms(Normalize()).masks(mask, []) is mask


def test_a_function_of_ones_own_comes_first_and_acts_on_both_sets():
    bt = BatchTransforms([Normalize([.5], [.5]), lambda xb: 1 - xb])
    for train in (True, False):
        assert close(bt(torch.zeros(2, 1, 3, 3), train), torch.ones(2, 1, 3, 3))


def test_a_class_stands_for_its_defaults():
    assert [t.spec() for t in BatchTransforms([Normalize, Flip]).tfms] == [Flip().spec(),
                                                                           Normalize().spec()]


def test_grey_pictures_of_any_shape_pass():
    xb = torch.rand(3, 1, 8, 8)
    assert BatchTransforms([*aug_transforms(), Saturation(), RandomErasing()])(xb).shape == xb.shape
    assert BatchTransforms(aug_transforms(size=5, min_scale=.5))(xb).shape == (3, 1, 5, 5)
    assert BatchTransforms()(xb) is xb


# --- specs and errors


EVERY = [Resize(64, 'pad'), RandomResizedCrop((48, 64), .3), Flip(p=.4), Dihedral(),
         Rotate(20., batch=True), Rotate(draw=torch.tensor([1., 2.])), Zoom(draw_x=.5, size=(9, 7)),
         Warp(.3, draw_y=.1), RandomResizedCropGPU(32, .5, (1, 1)), Brightness(.3),
         Contrast(draw=1.3), Saturation(), RandomErasing(.7, max_count=3),
         Normalize(np.array([.5, .4, .3]), torch.ones(3)),
         Normalize.from_stats(*imagenet_stats), Normalize(), *aug_transforms(mult=2., size=32)]


@pytest.mark.parametrize('tfm', EVERY, ids=repr)
def test_a_transform_comes_back_from_its_words(tfm):
    back = transform_from_spec(json.loads(json.dumps(tfm.spec())))
    assert type(back) is type(tfm) and json.dumps(back.spec()) == json.dumps(tfm.spec())
    if tfm.order > 1 and getattr(tfm, '_draw', None) is None:
        a, b = [t(smooth(4), torch.Generator().manual_seed(0)) for t in (tfm, back)]
        assert torch.equal(a, b)


@pytest.mark.parametrize('wrong, says', [
    (lambda: transform_from_spec({'name': 'system'}), "'system' is no transform"),
    (lambda: transform_from_spec({'name': 'BatchTransforms'}), 'no transform'),
    (lambda: transform_from_spec({'name': ['Flip']}), 'no transform'),
    (lambda: transform_from_spec({}), 'None is no transform'),
    (lambda: transform_from_spec({'name': 'Flip', 'angle': 3}), 'Flip cannot be rebuilt'),
    (lambda: Rotate(p=1.5), 'p=1.5'),
    (lambda: Warp(magnitude=1.), 'magnitude=1.0'),
    (lambda: Zoom(1.2, 1.1), 'smaller one first'),
    (lambda: Zoom(0., 1.), 'above 0'),
    (lambda: Brightness(1.), 'max_lighting=1.0'),
    (lambda: Flip(pad_mode='mirror'), "'reflection'"),
    (lambda: Flip(mode='linear'), "'bilinear'"),
    (lambda: RandomErasing(sl=.5, sh=.3), 'sl=0.5'),
    (lambda: aug_transforms(min_scale=.5), 'size=None'),
    (lambda: Rotate(size=(3, 4, 5)), 'height, width'),
    (lambda: Rotate(draw=[1., 2.])(torch.rand(3, 3, 4, 4)), '2 draws cannot serve a batch of 3'),
    (lambda: Flip()(torch.zeros(2, 3, 4, 4, dtype=torch.uint8)), '/ 255'),
    (lambda: BatchTransforms(Flip())(torch.zeros(3, 4, 4)), r'\(3, 4, 4\)'),
    (lambda: BatchTransforms([Resize(64)]), 'item_tfms'),
    (lambda: Normalize.from_stats(*imagenet_stats)(torch.rand(2, 1, 4, 4)), '3 channels'),
])
def test_a_mistake_is_named_with_what_to_do(wrong, says):
    with pytest.raises(ValueError, match=says): wrong()


@pytest.mark.skipif(not torch.cuda.is_available(), reason='no CUDA GPU')
def test_a_gpu_gives_the_same_batch():
    xb = smooth(8)
    bt = BatchTransforms([*aug_transforms(size=24, min_scale=.5), Saturation(), Normalize()])
    drawn = bt.draw(8, torch.Generator().manual_seed(0))
    assert close(bt.apply(xb.cuda(), drawn).cpu(), bt.apply(xb, drawn), 1e-3)
