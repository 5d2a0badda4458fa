"The labs on the confusion matrix, and the cleaner, in a real browser."
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from utils.labs.confusion_matrix import click_a_cell_lab, threshold_lab

pytestmark = pytest.mark.browser
CLEANER = """from utils import *
path = draw_pets(n=60, size=24)
dls = ImageDataLoaders.from_name_func(path, get_image_files(path), lambda n: n.split('_')[0],
                                      seed=1, bs=16)
cleaner = ImageClassifierCleaner(Learner(dls, companion_resnet(dls.c)), max_n=3)
said = widgets.Label('nothing')
ask = widgets.Button(description='Marks')
ask.on_click(lambda _: setattr(said, 'value', str(sorted(name for _, name in cleaner.change()))))
VBox([cleaner.widget, ask, said])"""


@pytest.fixture(scope='module', autouse=True)
def answers():
    "Where nobody has opened the lab before, the net is trained first."
    click_a_cell_lab().wait()


def click_cell(lab, row, column, lab_in_python):
    "Click the middle of a cell of the matrix."
    ax = lab_in_python._fig.axes[0]
    at = lab_in_python._fig.transFigure.inverted().transform(ax.transData.transform((column, row)))
    box = lab.picture.bounding_box()
    lab.answered(lambda: lab.page.mouse.click(box['x'] + at[0] * box['width'],
                                              box['y'] + (1 - at[1]) * box['height']))


def test_a_clicked_cell_shows_its_pictures(page, open_app):
    lab = open_app(page, 'click_a_cell')
    own = click_a_cell_lab()
    names = [v for _, v in own.controls['actual'].options]
    start, picture = lab.text, lab.png()
    assert start == own.text
    for row, column in (0, 0), (11, 11), (4, 9), (1, 5):
        click_cell(lab, row, column, own)
        own.set(actual=names[row], predicted=names[column])
        assert lab.text == own.text
        assert lab.picture.get_attribute('alt') == lab.text
        assert lab.control('Actual').input_value() == str(row)
    assert lab.png() != picture
    lab.press('Reset')
    assert (lab.text, lab.png()) == (start, picture)


def test_a_click_on_the_curve_takes_its_threshold(page, open_app):
    lab, own = open_app(page, 'threshold'), threshold_lab()
    before, point = lab.text, own.result.points[5]
    fig = own._fig
    x, y = fig.transFigure.inverted().transform(fig.axes[1].transData.transform(point))
    box = lab.picture.bounding_box()
    lab.answered(lambda: page.mouse.click(box['x'] + x * box['width'],
                                          box['y'] + (1 - y) * box['height']))
    assert lab.text == threshold_lab(threshold=.1).text != before


def test_the_cleaner_keeps_its_marks_when_the_category_changes(page, app_folder, app_server):
    cells = [new_code_cell(CLEANER, id='cleaner')]
    about = dict(title='Cleaner', question='Does it keep its marks?', chapter='99')
    nbformat.write(new_notebook(cells=cells, metadata=dict(companion=about, title='Cleaner')),
                   app_folder / 'cleaner.ipynb')
    page.goto(f'{app_server}voila/render/cleaner.ipynb', wait_until='commit')
    menus = page.locator('.widget-dropdown select')
    menus.nth(4).wait_for(timeout=60_000)
    menus.nth(2).select_option('pug')
    menus.nth(3).select_option('<Delete>')
    first = page.locator('img').first.get_attribute('alt')
    menus.nth(0).select_option('beagle')
    page.locator('img[alt*="labelled beagle"]').first.wait_for()
    assert menus.nth(2).input_value() != 'pug'
    menus.nth(2).select_option('samoyed')
    menus.nth(1).select_option('Valid')
    page.wait_for_timeout(300)
    menus.nth(1).select_option('Train')
    menus.nth(0).select_option('Abyssinian')
    page.locator(f'img[alt="{first}"]').wait_for()
    assert page.evaluate('[...document.querySelectorAll(".widget-dropdown select")]'
                         '.slice(2, 4).map(s => s.selectedOptions[0].label)') == ['pug', '<Delete>']
    page.get_by_role('button', name='Marks').click()
    page.get_by_text("['pug', 'samoyed']").wait_for()
