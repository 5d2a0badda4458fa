"""What every test shares: its own folders, one thread, no network, a browser where there is one.

Set in the environment before torch is loaded, so that notebook kernels inherit it too.
"""
import hashlib
import os
import shutil
import sys
import tempfile
from contextlib import contextmanager
from importlib import util
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
REQUIRE_BROWSER = "COMPANION_REQUIRE_BROWSER"
CHROMIUM = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
NO_CHROMIUM = (
    "no Chromium was found, so tests that need a browser were left out. Debian, Ubuntu: sudo apt "
    "install chromium. macOS: brew install --cask google-chrome. Windows: Edge or Chrome serves."
)
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-sync "
    "--disable-background-networking --disable-component-update "
    "--use-fake-device-for-media-stream --use-fake-ui-for-media-stream"    # a camera for tests
).split() + ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"]


def _drawn_data_folder(config):
    "A cache that outlives the session, and is another one when the code that draws changes."
    code = sorted((ROOT / "utils" / "datasets").glob("*.py"))
    mark = hashlib.sha256(b"".join(path.read_bytes() for path in code)).hexdigest()[:12]
    return config.cache.mkdir(f"companion-data-{mark}")


class NotebookKernels:
    "App pages get their kernels as from the app server, all else as from JupyterLab."

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item):
        if item.path.suffix == ".ipynb" and item.path.parent.name == "apps":
            from utils.serve.forking import fork_kernels
            fork_kernels()
        elif "jupyter_client.provisioning" in sys.modules:
            from jupyter_client.provisioning import KernelProvisionerFactory
            KernelProvisionerFactory.instance().default_provisioner_name = "local-provisioner"


def pytest_configure(config):
    if not config.pluginmanager.has_plugin("notebook-kernels"):    # a conftest's own hooks would
        config.pluginmanager.register(NotebookKernels(), "notebook-kernels")   # see tests/ only
    if os.environ.get("COMPANION_TESTS") == str(os.getpid()): return
    os.environ["COMPANION_TESTS"] = str(os.getpid())
    home = tempfile.mkdtemp(prefix="companion-home-")
    config.add_cleanup(lambda: shutil.rmtree(home, ignore_errors=True))
    os.environ.setdefault("COMPANION_DATA", str(_drawn_data_folder(config)))
    os.environ.update(COMPANION_HOME=home, OMP_NUM_THREADS="1", MPLBACKEND="Agg")
    paths = [str(TESTS / "offline"), os.environ.get("PYTHONPATH")]
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
    guard = util.spec_from_file_location("offline", TESTS / "offline" / "sitecustomize.py")
    guard.loader.exec_module(util.module_from_spec(guard))


@pytest.fixture(autouse=True)
def _own_home(tmp_path, monkeypatch):
    "A reader's folder of its own for each test: what one saves, another never sees."
    monkeypatch.setenv("COMPANION_HOME", str(tmp_path / "companion-home"))


@pytest.fixture(scope="session")
def chromium_path():
    "The browser on this machine; without one the test is skipped."
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    return found or pytest.skip(NO_CHROMIUM)


# One browser for each test file, not for the session: while Playwright's synchronous interface is
# open, nothing else in the process can call asyncio.run, which nbclient and others need.
@pytest.fixture(scope="module")
def browser(chromium_path):
    "A running Chromium that can reach this machine only."
    from playwright.sync_api import sync_playwright
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield running
        running.close()


@contextmanager
def visited(browser):
    "An empty page, 1100 wide; at the end it must have asked no other machine for anything."
    context = browser.new_context(
        viewport={"width": 1100, "height": 900}, has_touch=True, reduced_motion="reduce")
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.set_default_timeout(90_000)    # a busy machine is slow, not wrong
    yield page
    page.goto("about:blank")            # as visitors leave: an app's kernel ends with its page
    context.close()
    local = ("http://127.0.0.1", "http://localhost", "ws://127.0.0.1", "ws://localhost",
             "data:", "blob:", "file:", "about:")
    assert [url for url in asked if not url.startswith(local)] == []


@pytest.fixture
def page(browser):
    "A page of the test's own."
    with visited(browser) as page: yield page


@pytest.fixture(scope="module")
def module_page(browser):
    "A page that the tests of one file share: opening an app is the dearest part of most."
    with visited(browser) as page: yield page


def pytest_collection_modifyitems(items):
    for item in items:
        names = getattr(item, "fixturenames", ())
        if "chromium_path" in names: item.add_marker(pytest.mark.browser)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    report = (yield).get_result()
    if not (report.skipped and item.get_closest_marker("browser")): return
    if os.environ.get(REQUIRE_BROWSER) == "1" and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{REQUIRE_BROWSER}=1, but this test was skipped: {report.longrepr[-1]}"


def pytest_terminal_summary(terminalreporter):
    skipped = terminalreporter.stats.get("skipped", [])
    count = sum(NO_CHROMIUM in str(report.longrepr) for report in skipped)
    if count: terminalreporter.write_line(f"{count} browser tests skipped: {NO_CHROMIUM}")
