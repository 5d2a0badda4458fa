# The course and its apps in a container, for a host who has one. Not built by the tests.
#   docker build -t companion .
#   docker run --rm -p 8866:8866 companion          # the apps; the word that opens them is printed
#   docker run --rm -p 8888:8888 companion jupyter lab --ip 0.0.0.0
# Services that build repositories for JupyterHub start it with a command of their own.
FROM condaforge/miniforge3:25.3.1-0

ARG NB_USER=jovyan
ARG NB_UID=1000
ENV USER=${NB_USER} HOME=/home/${NB_USER} PYTHONUNBUFFERED=1 PATH=/opt/conda/envs/companion/bin:${PATH}

RUN useradd --create-home --uid ${NB_UID} --shell /bin/bash ${NB_USER} \
    || usermod --login ${NB_USER} --home ${HOME} --move-home "$(id -nu ${NB_UID})"
WORKDIR ${HOME}/course

# The environment first: it changes less often than the course. PyTorch without GPU code is smaller.
COPY environment.yml requirements.txt pyproject.toml README.md LICENSE ./
COPY utils/__init__.py utils/__init__.py
RUN conda create --name companion --channel conda-forge --override-channels python=3.11 pip \
    && pip install --no-cache-dir --index-url https://download.pytorch.org/whl/cpu \
       "$(grep '^torch==' requirements.txt)" \
    && conda env update --name companion --file environment.yml \
    && conda clean --all --yes

COPY --chown=${NB_UID} Makefile TEACHING.md ./
COPY --chown=${NB_UID} notebooks notebooks
COPY --chown=${NB_UID} utils utils
RUN chown ${NB_UID} .
USER ${NB_UID}
EXPOSE 8866 8888
HEALTHCHECK --interval=1m --timeout=15s --start-period=1m CMD ["python", "-m", "utils.serve.status"]
CMD ["python", "-m", "utils.serve", "--host", "0.0.0.0", "--no-browser"]
