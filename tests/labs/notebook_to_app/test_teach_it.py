"Teach it: what is refused and why, what is learned, and what a visitor takes home."
import io

import pytest
from PIL import Image

from utils.labs.notebook_to_app.album import MOST, clean_name, open_picture
from utils.labs.notebook_to_app.teach_it import Teacher


def file_of(picture, kind='PNG', **how):
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


GREY = Image.new('RGB', (60, 40), 'gray')


@pytest.mark.parametrize('data, why', [
    (b'', 'empty'), (b'words', 'not a picture'),
    (file_of(Image.effect_noise((300, 300), 90))[:20_000], 'breaks off'),
    (file_of(GREY, 'GIF', save_all=True, append_images=[Image.new('RGB', (60, 40))]), 'several'),
    (file_of(Image.new('RGB', (900, 5))), 'too small')])
def test_what_is_no_single_picture_is_refused(data, why):
    with pytest.raises(ValueError, match=why): open_picture(data)


@pytest.mark.parametrize('name', ['', ' \t', 'a' * 25, 'Cat', 3, 'a\x00b'])
def test_a_name_that_cannot_be_is_refused(name):
    with pytest.raises(ValueError, match='old one stays'): clean_name(name, ['cat'])


def test_a_full_class_and_a_single_class_are_refused_and_change_nothing():
    teacher = Teacher()
    for _ in range(MOST): teacher.album.add(0, file_of(GREY))
    for content, files, why in ((dict(do='add', k=0, place='0'), [file_of(GREY)], 'are the most'),
                                (dict(do='train', place='train'), [], 'One class alone')):
        teacher._message(None, content, files)
        assert why in teacher.view.state['note']['text'] and teacher.view.state['note']['wrong']
        assert [len(c.shown) for c in teacher.album.classes] == [MOST, 0, 0]
