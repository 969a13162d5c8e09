# The points of repo2docker's Dockerfile that matter, in their order; a test compares. Between them may stand others.
ENV APP_BASE=/srv
ENV NB_PYTHON_PREFIX=${CONDA_DIR}/envs/notebook
ENV KERNEL_PYTHON_PREFIX=${NB_PYTHON_PREFIX}
# Python of runtime.txt
COPY conda/environment.py-3.12
ARG REPO_DIR=${HOME}
# the lock before the lessons: a change to a lesson leaves this layer as it is
COPY src/binder/requirements.txt ${REPO_DIR}/binder/requirements.txt
USER ${NB_USER}
RUN ${KERNEL_PYTHON_PREFIX}/bin/pip install --no-cache-dir -r "binder/requirements.txt"
USER root
COPY src/ ${REPO_DIR}/
USER ${NB_USER}
RUN chmod +x binder/postBuild
RUN ./binder/postBuild
RUN chmod +x "${REPO_DIR}/binder/start"
ENV R2D_ENTRYPOINT="${REPO_DIR}/binder/start"
ENTRYPOINT ["/usr/local/bin/repo2docker-entrypoint"]
