"""JupyterHub for a class that trusts itself, on one machine: any name, one password for all.

    pip install -e '.[hub]' && npm install -g configurable-http-proxy
    COMPANION_CLASS_PASSWORD=… jupyterhub -f utils/assets/jupyter/jupyterhub_config.py

Each student has a folder of their own below `students/` (COMPANION_STUDENTS names another) with
copies of the notebooks, and one JupyterLab. All run as the user who started the hub, so nobody is
kept from the others' files: where that matters, take The Littlest JupyterHub, and its own users.
"""
import os
import shutil
import sys
from pathlib import Path

c = get_config()  # noqa: F821  JupyterHub puts it there when it reads this file
here = Path(__file__).resolve().parent
course = here.parents[2] / 'notebooks'
students = Path(os.environ.get('COMPANION_STUDENTS', 'students')).resolve()
is_root = hasattr(os, 'geteuid') and os.geteuid() == 0
if is_root and os.environ.get('COMPANION_HUB_AS_ROOT') != '1': raise SystemExit(
    'Every student would be root on this machine. Start the hub as an ordinary user, or, where '
    'that does no harm (in a container), set COMPANION_HUB_AS_ROOT=1.')
if len(os.environ.get('COMPANION_CLASS_PASSWORD', '')) < 8: raise SystemExit(
    'The class has no password yet. Set one of at least 8 letters: COMPANION_CLASS_PASSWORD=…')
students.mkdir(parents=True, exist_ok=True)


def hand_out(spawner):
    "Copies of the notebooks for who comes the first time; what somebody has changed stays."
    own = students / spawner.user.name / 'notebooks'
    for page in sorted([*course.glob('*.ipynb'), *course.glob('apps/*.ipynb')]):
        copy = own / page.relative_to(course)
        if copy.exists(): continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(page, copy)


c.JupyterHub.bind_url = os.environ.get('COMPANION_HUB_URL', 'http://127.0.0.1:8000')
c.JupyterHub.db_url = f'sqlite:///{students / "hub.sqlite"}'
c.JupyterHub.cookie_secret_file = str(students / 'cookie_secret')
c.ConfigurableHTTPProxy.pid_file = str(students / 'proxy.pid')
c.JupyterHub.authenticator_class = 'dummy'              # one password, any name of plain letters
c.DummyAuthenticator.password = os.environ['COMPANION_CLASS_PASSWORD']
c.Authenticator.allow_all = True
c.Authenticator.username_pattern = '[a-z][a-z0-9_-]{0,30}'    # it becomes the name of a folder
c.JupyterHub.spawner_class = 'simple'
c.SimpleLocalProcessSpawner.home_dir_template = str(students / '{username}')
c.Spawner.cmd = [sys.executable, '-m', 'jupyterhub.singleuser']
c.Spawner.args = [f'--config={here / "jupyter_lab_config.py"}'] + is_root * ['--allow-root']
c.Spawner.notebook_dir = str(students / '{username}')
c.Spawner.default_url = '/lab/tree/notebooks/00_start_here.ipynb'
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.Spawner.pre_spawn_hook = hand_out
c.Spawner.environment = {
    'COMPANION_HOME': lambda s: str(students / s.user.name / '.progress'),
    'COMPANION_DATA': os.environ.get('COMPANION_DATA', str(students / '.data')),    # one for all
    'OMP_NUM_THREADS': '1', 'PYTHONPATH': os.environ.get('PYTHONPATH', '')}
