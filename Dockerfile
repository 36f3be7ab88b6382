# The quick suite on a CPU, with every framework of requirements.txt:
#
#     docker build --tag rnnbench . && docker run --rm --init rnnbench
#
# Another command: docker run --rm --init rnnbench list
FROM python:3.12-slim

WORKDIR /rnnbench
COPY . .
RUN pip install --no-cache-dir torch==2.13.0 --index-url https://download.pytorch.org/whl/cpu \
    && pip install --no-cache-dir --requirement requirements.txt

# Runs are kept where a volume can be: docker run --volume "$PWD/runs:/runs" …
RUN useradd --create-home --uid 1000 bench && mkdir /runs && chown bench /runs
USER 1000
WORKDIR /runs

ENTRYPOINT ["rnnbench"]
CMD ["run", "--suite", "quick", "--backends", "all", "--out", "/runs"]
