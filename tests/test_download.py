"""Downloads from a server on this machine that misbehaves in every way that real ones do."""
import errno
import gzip
import hashlib
import http.server
import inspect
import io
import multiprocessing
import os
import socket
import tarfile
import threading
import time
import zipfile
from types import SimpleNamespace

import pytest

from utils import download
from utils.download import DownloadError, URLs, companion_data_folder, download_url, untar_data

FILES = {'set/a.txt': b'a' * 5000, 'set/deep/b.txt': os.urandom(400_000)}


def tgz(files=FILES, extra=()):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w:gz') as tar:
        for name, body in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(body)
            tar.addfile(info, io.BytesIO(body))
        for info in extra: tar.addfile(info)
    return out.getvalue()


def zipped(files=FILES, kind=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', kind) as z:
        for name, body in files.items(): z.writestr(name, body)
    return out.getvalue()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def do_GET(self):
        server = self.server
        server.requests.append(self.path)
        name = self.path.strip('/').split('?')[0]
        if name in server.status:
            self.send_error(server.status[name])
            return
        body = server.files[name]
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        time.sleep(server.delay)
        cut = name in server.cut
        self.wfile.write(body[:len(body) // 2] if cut else body)
        self.close_connection = cut

    def log_message(self, *args): pass


@pytest.fixture
def server():
    httpd = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    httpd.requests, httpd.files, httpd.status, httpd.cut, httpd.delay = [], {}, {}, set(), 0
    httpd.url = f'http://127.0.0.1:{httpd.server_port}'
    thread = threading.Thread(target=httpd.serve_forever, args=(.02,), daemon=True)
    thread.start()
    yield httpd
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / 'cache'
    monkeypatch.setenv('COMPANION_DATA', str(folder))
    monkeypatch.delenv('COMPANION_MIRROR', raising=False)
    return folder


def left_in(folder):
    "What a reader or a later call could take for data; locks are empty and meant to stay."
    return sorted(p.name for p in folder.rglob('*') if p.suffix != '.lock')


def is_whole(path):
    return {f'set/{p.relative_to(path).as_posix()}': p.read_bytes()
            for p in path.rglob('*') if p.is_file()} == FILES


def test_addresses_are_those_of_the_book():
    assert URLs.PETS == 'https://s3.amazonaws.com/fast-ai-imageclas/oxford-iiit-pet.tgz'
    assert URLs.MNIST_SAMPLE == 'https://s3.amazonaws.com/fast-ai-sample/mnist_sample.tgz'
    assert URLs.BIWI_HEAD_POSE.endswith('fast-ai-imagelocal/biwi_head_pose.tgz')
    urls = [v for k, v in vars(URLs).items() if k.isupper()]
    assert len(urls) == len(set(urls)) == len(download._CHECKS) >= 15
    assert all(size > 100_000 and len(md5) == 32 for size, md5 in download._CHECKS.values())


def test_parameters_bear_the_names_of_fastai_in_its_order():
    theirs = ['url', 'archive', 'data', 'c_key', 'force_download', 'base']
    ours = list(inspect.signature(untar_data).parameters)
    assert [n for n in theirs if n in ours] == ours
    assert list(inspect.signature(download_url).parameters) == ['url', 'dest', 'timeout',
                                                                'show_progress']


@pytest.mark.parametrize('name, pack', [('set.tgz', tgz), ('set.tar.gz', tgz), ('set.zip', zipped)])
def test_a_set_is_fetched_once_and_unpacked(server, cache, name, pack):
    server.files[name] = pack()
    for _ in range(2):
        path = untar_data(f'{server.url}/{name}')
        assert path == cache / 'set' and is_whole(path)
    assert server.requests == [f'/{name}']
    assert left_in(cache) == ['a.txt', 'b.txt', 'deep', 'set']


def test_several_things_in_an_archive_stay_together_in_one_folder(server, cache):
    server.files['pair.tgz'] = tgz({'one/x': b'1', 'two/y': b'2'})
    path = untar_data(f'{server.url}/pair.tgz')
    assert path.name == 'pair' and sorted(p.name for p in path.iterdir()) == ['one', 'two']


def test_a_single_folder_of_another_name_takes_the_name_of_the_set(server):
    server.files['mnist.tgz'] = tgz()
    path = untar_data(f'{server.url}/mnist.tgz')
    assert path.name == 'mnist' and is_whole(path)


def test_force_download_replaces_what_is_there(server, cache):
    server.files['set.tgz'] = tgz()
    path = untar_data(f'{server.url}/set.tgz')
    (path / 'a.txt').write_text('spoilt')
    (path / 'more.txt').write_text('mine')
    assert is_whole(untar_data(f'{server.url}/set.tgz', force_download=True))
    assert len(server.requests) == 2


def test_data_names_another_folder(server, tmp_path):
    server.files['set.tgz'] = tgz()
    assert untar_data(f'{server.url}/set.tgz', data=tmp_path / 'mine') == tmp_path / 'mine' / 'set'


def test_companion_data_names_the_cache(cache): assert companion_data_folder() == cache


def test_a_file_goes_to_a_name_a_folder_or_here(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / 'folder').mkdir()
    server.files['cat.jpg'] = b'cat'
    url = f'{server.url}/cat.jpg?size=small'
    places = {None: 'cat.jpg', 'folder': 'folder/cat.jpg', 'new/x.jpg': 'new/x.jpg'}
    for dest, expected in places.items():
        path = download_url(url, dest)
        assert path.resolve() == tmp_path / expected and path.read_bytes() == b'cat'


def test_the_bar_moves_and_goes(server, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr('utils.progress_table._first_drawn',
                        lambda table: lambda: drawn.append(table.bar))
    monkeypatch.setattr('utils.progress_table.PAUSE', 0)
    server.files['x.bin'] = os.urandom(3_000_000)
    download_url(f'{server.url}/x.bin', tmp_path)
    assert drawn[-1] is None and drawn[-2] == ('1.000', '100% 3.0 MB')
    shares = [float(bar[0]) for bar in drawn[:-1]]
    assert shares == sorted(shares) and len(shares) > 5
    drawn.clear()
    download_url(f'{server.url}/x.bin', tmp_path, show_progress=False)
    assert drawn == []


def test_after_a_cut_nothing_is_kept_and_the_next_call_is_clean(server, cache):
    server.files['set.tgz'] = tgz()
    server.cut.add('set.tgz')
    with pytest.raises(DownloadError, match='broke off half way'):
        untar_data(f'{server.url}/set.tgz')
    assert left_in(cache) == []
    server.cut.clear()
    assert is_whole(untar_data(f'{server.url}/set.tgz'))


def test_a_cut_file_leaves_the_old_one_alone(server, tmp_path):
    server.files['x.bin'] = b'new' * 100_000
    server.cut.add('x.bin')
    (tmp_path / 'x.bin').write_bytes(b'old')
    with pytest.raises(DownloadError, match='broke off'):
        download_url(f'{server.url}/x.bin', tmp_path)
    assert left_in(tmp_path) == ['x.bin'] and (tmp_path / 'x.bin').read_bytes() == b'old'


def test_a_failed_renewal_leaves_the_old_set_alone(server):
    server.files['set.tgz'] = tgz()
    path = untar_data(f'{server.url}/set.tgz')
    server.cut.add('set.tgz')
    with pytest.raises(DownloadError): untar_data(f'{server.url}/set.tgz', force_download=True)
    assert is_whole(path)


@pytest.mark.parametrize('fault', ['size', 'hash'])
def test_wrong_size_or_hash_is_refused(server, cache, monkeypatch, fault):
    body, url = tgz(), f'{server.url}/set.tgz'
    good = len(body), hashlib.md5(body[:1 << 20]).hexdigest()
    server.files['set.tgz'] = body
    monkeypatch.setitem(download._CHECKS, url,
                        (good[0] + 1, good[1]) if fault == 'size' else (good[0], '0' * 32))
    with pytest.raises(DownloadError, match='not the file'): untar_data(url)
    with pytest.raises(DownloadError, match='not the file'): download_url(url, cache / 'set.tgz')
    assert left_in(cache) == []
    monkeypatch.setitem(download._CHECKS, url, good)
    assert is_whole(untar_data(url))


@pytest.mark.parametrize('status', [404, 500])
def test_an_http_error_is_told_with_its_number(server, cache, status):
    server.status['oxford-iiit-pet.tgz'] = status
    with pytest.raises(DownloadError, match=str(status)) as e:
        untar_data(f'{server.url}/oxford-iiit-pet.tgz')
    assert 'draw_pets()' in str(e.value)
    assert left_in(cache) == []


@pytest.mark.parametrize('url, serves', [(URLs.PETS, 'draw_pets()'), (URLs.MNIST, 'load_digits()'),
                                         (URLs.CIFAR, 'draw_pets()'), (URLs.CAMVID_TINY, 'none'),
                                         (URLs.ADULT_SAMPLE, 'load_penguins()')])
def test_without_network_it_says_what_serves_instead(cache, monkeypatch, url, serves):
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))                    # a port that nobody listens to
        port = s.getsockname()[1]
    monkeypatch.setenv('HTTPS_PROXY', f'http://127.0.0.1:{port}')
    monkeypatch.setenv('https_proxy', f'http://127.0.0.1:{port}')
    monkeypatch.delenv('NO_PROXY', raising=False)
    monkeypatch.delenv('no_proxy', raising=False)
    with pytest.raises(DownloadError, match='cannot be reached') as e: untar_data(url)
    assert url in str(e.value) and serves in str(e.value)
    assert 'COMPANION_MIRROR' in str(e.value)
    assert left_in(cache) == []


def test_a_silent_server_is_given_up(server, tmp_path):
    server.files['x.bin'], server.delay = b'x', 2
    with pytest.raises(DownloadError, match='cannot be reached'):
        download_url(f'{server.url}/x.bin', tmp_path, timeout=.2)
    assert left_in(tmp_path) == []


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


EVIL = {
    'parent.tgz': tgz({'set/a.txt': b'a', '../evil': b'x'}),
    'deep.tgz': tgz({'set/a.txt': b'a', 'set/../../evil': b'x'}),
    'absolute.tgz': tgz({'set/a.txt': b'a', '/tmp/companion-evil': b'x'}),
    'windows.tgz': tgz({'set/a.txt': b'a', 'set\\..\\..\\evil': b'x'}),
    'drive.tgz': tgz({'set/a.txt': b'a', 'C:/evil': b'x'}),
    'symlink.tgz': tgz({'set/a.txt': b'a'}, [link('set/out', '../../..')]),
    'symlink_abs.tgz': tgz({'set/a.txt': b'a'}, [link('set/out', '/etc')]),
    'hardlink.tgz': tgz({'set/a.txt': b'a'}, [link('set/out', '../secret', tarfile.LNKTYPE)]),
    'device.tgz': tgz({'set/a.txt': b'a'}, [link('set/null', '', tarfile.CHRTYPE)]),
    'parent.zip': zipped({'set/a.txt': b'a', '../evil': b'x'}),
    'absolute.zip': zipped({'set/a.txt': b'a', '/tmp/companion-evil': b'x'}),
    'windows.zip': zipped({'set/a.txt': b'a', '..\\evil': b'x'}),
}


@pytest.mark.parametrize('name', EVIL)
def test_no_member_leaves_the_folder(server, cache, tmp_path, name):
    server.files[name] = EVIL[name]
    (tmp_path / 'secret').write_text('secret')
    with pytest.raises(DownloadError, match='unsafe, and was not unpacked'):
        untar_data(f'{server.url}/{name}')
    assert left_in(cache) == []
    assert not list(tmp_path.rglob('*evil*')) and not os.path.exists('/tmp/companion-evil')


@pytest.mark.parametrize('name', [n for n in EVIL if n != 'device.tgz' and n.endswith('tgz')])
def test_the_own_refusal_holds_without_pythons_filter(server, monkeypatch, cache, tmp_path, name):
    monkeypatch.delattr(tarfile, 'data_filter')
    test_no_member_leaves_the_folder(server, cache, tmp_path, name)


def test_links_inside_the_folder_are_allowed(server):
    extra = [link('set/link', 'a.txt'), link('set/hard', 'set/a.txt', tarfile.LNKTYPE)]
    server.files['set.tgz'] = tgz(FILES, extra)
    path = untar_data(f'{server.url}/set.tgz')
    assert (path / 'link').read_bytes() == (path / 'hard').read_bytes() == FILES['set/a.txt']


def flipped(body, at):
    return body[:at] + bytes([body[at] ^ 255]) + body[at + 1:]


@pytest.mark.parametrize('name, body', [
    ('set.tgz', b'this is not an archive'),
    ('set.tgz', tgz()[:-100_000]),
    ('set.tgz', flipped(tgz(), -6)),                        # the checksum at the end
    ('set.tgz', flipped(tgz({'set/a.txt': b'abc ' * 100_000}), 300)),
    ('set.tgz', gzip.compress(b'not a tar')),
    ('set.zip', zipped()[:-1000]),
    ('set.zip', flipped(zipped(), 300_000)),
    ('set.zip', flipped(zipped(FILES, zipfile.ZIP_DEFLATED), 39)),
], ids=['text', 'short', 'checksum', 'middle', 'no tar', 'short zip', 'bad zip', 'packed zip'])
def test_a_damaged_archive_is_refused(server, cache, name, body):
    server.files[name] = body
    with pytest.raises(DownloadError, match='damaged'): untar_data(f'{server.url}/{name}')
    assert left_in(cache) == []


def full_disk(*args, **kwargs): raise OSError(errno.ENOSPC, 'No space left on device')


@pytest.mark.parametrize('where', ['download', 'unpack'])
def test_a_full_disk_is_told_and_leaves_nothing(server, cache, monkeypatch, where):
    server.files['set.tgz'] = tgz()
    with monkeypatch.context() as m:
        if where == 'unpack':
            once = iter([tarfile.TarFile.makefile])           # the first file still fits
            real = tarfile.TarFile.makefile
            m.setattr(tarfile.TarFile, 'makefile',
                      lambda *a: real(*a) if next(once, None) else full_disk())
        else:
            m.setattr('pooch.downloaders.open', lambda *a: SimpleNamespace(
                write=full_disk, flush=lambda: 0, close=lambda: 0), raising=False)
        with pytest.raises(DownloadError, match='disk is full') as e:
            untar_data(f'{server.url}/set.tgz')
        assert 'COMPANION_DATA' in str(e.value)
    assert left_in(cache) == []
    assert is_whole(untar_data(f'{server.url}/set.tgz'))


def test_what_a_killed_process_left_is_swept_away(server, cache):
    server.files['set.tgz'] = tgz()
    left = cache / '.set.part-abc' / 'new' / 'set'
    left.mkdir(parents=True)
    (left / 'a.txt').write_text('half')
    assert is_whole(untar_data(f'{server.url}/set.tgz'))
    assert not left.exists()


def fetch(url, started, result):
    started.set()
    result.put(str(untar_data(url)))


def test_two_processes_at_once_share_one_download(server, cache):
    server.files['set.tgz'], server.delay = tgz(), 1
    context = multiprocessing.get_context('spawn')
    started, result, url = context.Event(), context.Queue(), f'{server.url}/set.tgz'
    process = context.Process(target=fetch, args=(url, started, result))
    process.start()
    assert started.wait(120)
    assert untar_data(url) == cache / 'set' and is_whole(cache / 'set')
    assert result.get(timeout=60) == str(cache / 'set')
    process.join()
    assert server.requests == ['/set.tgz']


def test_many_threads_at_once_share_one_download(server, cache):
    server.files['set.tgz'], server.delay, url = tgz(), .1, f'{server.url}/set.tgz'
    threads = [threading.Thread(target=untar_data, args=(url,)) for _ in range(5)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    assert is_whole(cache / 'set') and server.requests == ['/set.tgz']


@pytest.mark.parametrize('kind', ['archive', 'folder'])
def test_a_mirror_serves_without_network(tmp_path, monkeypatch, cache, kind):
    mirror = tmp_path / 'mirror'
    mirror.mkdir()
    (mirror / 'set.tgz').write_bytes(tgz())
    if kind == 'folder':
        with tarfile.open(mirror / 'set.tgz') as tar: tar.extractall(mirror)
    monkeypatch.setenv('COMPANION_MIRROR', str(mirror))
    path = untar_data('http://nowhere.invalid/set.tgz')
    assert is_whole(path) and path.parent == (mirror if kind == 'folder' else cache)
    assert (mirror / 'set.tgz').exists()
    assert left_in(cache) == ([] if kind == 'folder' else ['a.txt', 'b.txt', 'deep', 'set'])


def test_a_mirror_that_lacks_the_set_says_so(tmp_path, monkeypatch):
    monkeypatch.setenv('COMPANION_MIRROR', str(tmp_path))
    with pytest.raises(DownloadError, match='neither oxford-iiit-pet.tgz nor a folder'):
        untar_data(URLs.PETS)


def test_a_wrong_archive_in_a_mirror_is_refused(tmp_path, monkeypatch, cache):
    (tmp_path / 'oxford-iiit-pet.tgz').write_bytes(tgz())
    monkeypatch.setenv('COMPANION_MIRROR', str(tmp_path))
    with pytest.raises(DownloadError, match='811,706,944 bytes'): untar_data(URLs.PETS)
    assert left_in(cache) == []


@pytest.mark.parametrize('url', ['PETS', 'https://example.org/', 'https://example.org/a.csv', ''])
def test_what_is_no_archive_is_refused_before_anything_is_fetched(url):
    with pytest.raises(ValueError, match='Type untar_data'): untar_data(url)
