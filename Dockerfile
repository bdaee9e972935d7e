# The project ready to use: engine set up, phantom cohort made, one network trained, JupyterLab with the kernel.
#   docker build -t axunet . && docker run --rm -p 8888:8888 axunet        then open the address that it prints
#   docker run --rm -v "$PWD/scans:/scans" axunet npx axunet predict /scans --out /scans/masks
# .binder/Dockerfile is a copy, since Binder looks there: cp Dockerfile .binder/

# What the project needs of a system; the development container (.devcontainer) is this and a clone.
FROM node:22-bookworm-slim AS tools

# g++ compiles the engine's binding; pip brings TensorFlow's library.
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates g++ git python3-pip python3-venv \
 && rm -rf /var/lib/apt/lists/*

# plotly's extension makes the figures interactive in JupyterLab; Binder starts `notebook`.
RUN python3 -m venv /opt/jupyter && /opt/jupyter/bin/pip install --no-cache-dir jupyterlab notebook plotly
ENV PATH=/opt/jupyter/bin:$PATH

FROM tools

# Binder runs as the user with this number, which is the image's own `node`; the folder is made by it, to be its own.
USER 1000
ENV HOME=/home/node
RUN mkdir -p /home/node/axunet
WORKDIR /home/node/axunet
COPY --chown=1000:1000 . .
RUN sh scripts/container-prepare.sh

# The kernel is registered at each start, so that its heap follows the memory of the machine that it runs on.
ENTRYPOINT ["sh", "/home/node/axunet/scripts/container-start.sh"]
EXPOSE 8888
CMD ["jupyter", "lab", "--ip=0.0.0.0", "--port=8888", "--no-browser", "--LabApp.default_url=/lab/tree/notebooks"]
