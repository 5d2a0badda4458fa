# JupyterLab for the course: nothing is fetched from the network, no news, no update questions.
from pathlib import Path

c = get_config()  # noqa: F821  Jupyter puts it there when it reads this file
here = Path(__file__).resolve().parent

c.ServerApp.root_dir = str(here.parents[2])   # the file browser shows notebooks and utils alike
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.handlers.announcements.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.LabApp.app_settings_dir = str(here)         # overrides.json beside this file
