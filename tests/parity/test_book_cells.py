"""What the book's chapters 1 and 2 call runs here, but for a short named list of edits.

The cells below are this project's own shortest form of those calls: same names, same parameters in
the same order. `EDITS` is the whole list of what a reader must change; each is used, and needed.
"""
import contextlib
import io
import shutil

import matplotlib.pyplot as plt
import pytest

EDITS = [
    # what the book has → what to type here: why
    ('from fastbook import *', 'from utils import *'),                   # the import line
    ("untar_data(URLs.PETS)/'images'", 'draw_pets(n=240, size=64)'),     # the data set
    ("Path('bears')", 'draw_bears(n=90, size=64)'),                      # the data set
    ('resnet34', 'companion_resnet'),                                    # the course's own net
    ('resnet18', 'companion_resnet'),                                    # the same
    ('.data[0]', '.value[0].content.tobytes()'),                         # ipywidgets 8
    ('.data[-1]', '.value[-1].content.tobytes()'),                       # ipywidgets 8
    ('export.pkl', 'export.safetensors'),                                # an export is no pickle
    ("'.pkl'", "'.safetensors'"),                                        # the same
]

RECOGNISER = '''
from fastbook import *
path = untar_data(URLs.PETS)/'images'
def is_cat(x): return x[0].isupper()
dls = ImageDataLoaders.from_name_func(path, get_image_files(path), valid_pct=0.2, seed=42,
                                      label_func=is_cat, item_tfms=Resize(224))
learn = cnn_learner(dls, resnet34, metrics=error_rate)
learn.fine_tune(1)
uploader = widgets.FileUpload()
uploader.data[0]
img = PILImage.create(uploader.data[0])
is_it, _, probs = learn.predict(img)
print(f"cat: {is_it}, {probs[1].item():.6f}")
img.to_thumb(192)
'''

DIAGRAMS = '''
gv("program[shape=box3d width=1 height=0.7] inputs->program->results")
gv("model[shape=box3d width=1 height=0.7] inputs->model->results; weights->model")
gv("ordering=in model[shape=box3d] inputs->model->results; weights->model; results->performance "
   "performance->weights[constraint=false label=update]")
'''

BEARS = '''
from fastbook import *
path = Path('bears')
fns = get_image_files(path)
failed = verify_images(fns)
failed.map(Path.unlink)
bears = DataBlock(blocks=(ImageBlock, CategoryBlock), get_items=get_image_files,
                  splitter=RandomSplitter(valid_pct=0.2, seed=42), get_y=parent_label,
                  item_tfms=Resize(128))
dls = bears.dataloaders(path)
dls.valid.show_batch(max_n=4, nrows=1)
bears = bears.new(item_tfms=Resize(128, ResizeMethod.Squish))
dls = bears.dataloaders(path)
dls.valid.show_batch(max_n=4, nrows=1)
bears = bears.new(item_tfms=Resize(128, ResizeMethod.Pad, pad_mode='zeros'))
dls = bears.dataloaders(path)
bears = bears.new(item_tfms=RandomResizedCrop(128, min_scale=0.3))
dls = bears.dataloaders(path)
dls.train.show_batch(max_n=4, nrows=1, unique=True)
bears = bears.new(item_tfms=Resize(128), batch_tfms=aug_transforms(mult=2))
dls = bears.dataloaders(path)
dls.train.show_batch(max_n=8, nrows=2, unique=True)
bears = bears.new(item_tfms=RandomResizedCrop(64, min_scale=0.5), batch_tfms=aug_transforms())
dls = bears.dataloaders(path, bs=16)
learn = cnn_learner(dls, resnet18, metrics=error_rate)
learn.fine_tune(2)
interp = ClassificationInterpretation.from_learner(learn)
interp.plot_confusion_matrix()
interp.plot_top_losses(5, nrows=1)
cleaner = ImageClassifierCleaner(learn)
for idx in cleaner.delete(): cleaner.fns[idx].unlink()
for idx, cat in cleaner.change(): shutil.move(str(cleaner.fns[idx]), path/cat)
'''

INFERENCE = '''
learn.path = tmp
learn.export()
path = Path(tmp)
assert [f.name for f in path.ls(file_exts='.pkl')] == ['export.pkl']
learn_inf = load_learner(path/'export.pkl')
learn_inf.predict(fns[0])
learn_inf.dls.vocab
btn_upload = widgets.FileUpload()
img = PILImage.create(btn_upload.data[-1])
out_pl = widgets.Output()
out_pl.clear_output()
with out_pl: display(img.to_thumb(128, 128))
pred, pred_idx, probs = learn_inf.predict(img)
lbl_pred = widgets.Label()
lbl_pred.value = f'Prediction: {pred}; Probability: {probs[pred_idx]:.04f}'
btn_run = widgets.Button(description='Classify')
def on_click_classify(change):
    img = PILImage.create(btn_upload.data[-1])
    out_pl.clear_output()
    with out_pl: display(img.to_thumb(128, 128))
    pred, pred_idx, probs = learn_inf.predict(img)
    lbl_pred.value = f'Prediction: {pred}; Probability: {probs[pred_idx]:.04f}'
btn_run.on_click(on_click_classify)
btn_run.click()
VBox([widgets.Label('Select your bear!'), btn_upload, btn_run, out_pl, lbl_pred])
'''


def edited(cell, edits=EDITS):
    for old, new in edits: cell = cell.replace(old, new)
    return cell


class Uploaded:
    "Stands for widgets.FileUpload after a reader has chosen a file."

    def __init__(self, data): self.value = [type('File', (), {'content': memoryview(data)})]


def run(cell, names, data=None):
    "Execute a cell as a notebook would; where it asks for an upload, one has been made."
    code = edited(cell)
    for line_end in ('uploader = widgets.FileUpload()', 'btn_upload = widgets.FileUpload()'):
        code = code.replace(line_end, line_end.split(' ')[0] + ' = uploaded')
    names['uploaded'] = Uploaded(data) if data else None
    code = code.replace('VBox([widgets.Label', 'page = ([widgets.Label')
    with contextlib.redirect_stdout(io.StringIO()): exec(compile(code, 'cell', 'exec'), names)
    plt.close('all')
    return names


@pytest.fixture(scope='module')
def picture():
    from utils import draw_pets, get_image_files
    return get_image_files(draw_pets(n=240, size=64))[0].read_bytes()


@pytest.mark.filterwarnings('ignore:.*cnn_learner.*', 'ignore:No pretrained')
def test_the_first_recogniser_runs(picture):
    cell = RECOGNISER.replace('Resize(224)', 'Resize(32)')    # a size that a test can afford
    names = run(cell, {}, picture)
    assert names['is_it'] in ('True', 'False') and names['probs'].shape == (2,)
    assert list(names['dls'].vocab) == [False, True]
    assert len(names['learn'].recorder.values) == 1


def test_the_diagrams_are_drawn():
    from utils import gv
    run(DIAGRAMS, {'gv': gv})


@pytest.mark.filterwarnings('ignore:.*cnn_learner.*', 'ignore:No pretrained')
def test_from_bears_to_an_app(picture, tmp_path):
    names = run(BEARS, {'shutil': shutil})
    assert list(names['dls'].vocab) == ['black', 'grizzly', 'teddy']
    assert names['interp'].confusion_matrix().sum() == len(names['dls'].valid_ds)
    names['tmp'] = tmp_path
    run(INFERENCE, names, picture)
    words = names['lbl_pred'].value
    assert words.startswith('Prediction: ') and '; Probability: 0.' in words


@pytest.mark.parametrize('edit', EDITS, ids=lambda e: e[0])
def test_every_edit_is_used(edit):
    assert any(edit[0] in cell for cell in (RECOGNISER, BEARS, INFERENCE))


def test_without_the_edits_the_cells_fail(tmp_path):
    from ipywidgets import FileUpload

    from utils import load_learner
    with pytest.raises(ModuleNotFoundError): exec("from fastbook import *", {})
    with pytest.raises(AttributeError): FileUpload().data
    with pytest.raises(ValueError, match='pickle'): load_learner(tmp_path / 'export.pkl')
